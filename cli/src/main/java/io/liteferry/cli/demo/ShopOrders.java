package io.liteferry.cli.demo;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Draws what a writer of the order desk does next, in SQL that both databases understand. */
final class ShopOrders implements MovingLoad.Draw {
    private static final List<String> STATUSES = List.of("placed", "paid", "packed", "shipped");
    private static final int MOST = 2_000;

    private final String prefix;
    private final Random random;
    private final Map<String, String> ledger = new TreeMap<>();
    private long placed;

    /** @param prefix of the numbers of this writer's orders */
    ShopOrders(String prefix, long seed) {
        this.prefix = prefix;
        this.random = new Random(seed);
    }

    /** Status by number of this writer's orders, as acknowledged; read it once the writer has stopped. */
    Map<String, String> ledger() {
        return ledger;
    }

    /** Status by number of every order that any desk has placed, as it stands. */
    static Map<String, String> standing(Side side) throws SQLException {
        Map<String, String> orders = new TreeMap<>();
        side.read(c -> {
            try (PreparedStatement ps = c.prepareStatement("SELECT number, status FROM orders WHERE number LIKE 'F%'");
                    ResultSet rs = ps.executeQuery()) {
                while (rs.next()) {
                    orders.put(rs.getString(1), rs.getString(2));
                }
            }
        });
        return orders;
    }

    @Override
    public MovingLoad.Intent next() {
        int draw = random.nextInt(10);
        if (ledger.size() < 5 || draw < 5 && ledger.size() < MOST) {
            return place();
        }
        List<String> numbers = new ArrayList<>(ledger.keySet());
        String number = numbers.get(random.nextInt(numbers.size()));
        return draw < 8 ? move(number) : cancel(number);
    }

    private MovingLoad.Intent place() {
        String number = prefix + "-" + ++placed;
        long customer = 1L + random.nextInt(100);
        long now = ShopDatabase.EPOCH_MILLIS + placed;
        int lines = 1 + random.nextInt(3);
        long product = ShopDatabase.QUIET_PRODUCTS + 1L + random.nextInt(50);
        String total = random.nextInt(1_000) + "." + (10 + random.nextInt(90));
        return new MovingLoad.Intent() {
            private boolean tried;

            @Override
            public void run(Side side, Connection c) throws SQLException {
                if (tried && placed(c, number)) {
                    return;
                }
                tried = true;
                long order;
                try (PreparedStatement ps = bound(
                                c,
                                "INSERT INTO orders(tenant_id, customer_id, number, status, total, placed_at, updated_at)"
                                        + " SELECT tenant_id, id, ?, 'placed', " + total
                                        + ", ?, ? FROM customers WHERE id = (SELECT min(id) FROM customers WHERE id >= ?)"
                                        + " RETURNING id",
                                number,
                                side.time(now),
                                side.time(now),
                                customer);
                        ResultSet rs = ps.executeQuery()) {
                    if (!rs.next()) {
                        throw new SQLException("no customer with an id of " + customer + " or more");
                    }
                    order = rs.getLong(1);
                }
                for (int line = 1; line <= lines; line++) {
                    change(
                            c,
                            "INSERT INTO order_items(order_id, line_no, product_id, quantity, unit_price)"
                                    + " SELECT ?, ?, id, 1, '9.90' FROM products WHERE id = (SELECT min(id) FROM products"
                                    + " WHERE id >= ?)",
                            order,
                            line,
                            product + line);
                }
                change(
                        c,
                        "UPDATE stock_levels SET quantity = quantity - 1, counted_at = ? WHERE product_id = ?",
                        side.time(now),
                        product);
            }

            @Override
            public void acknowledged() {
                ledger.put(number, "placed");
            }
        };
    }

    private static boolean placed(Connection c, String number) throws SQLException {
        try (PreparedStatement ps = bound(c, "SELECT 1 FROM orders WHERE number = ?", number);
                ResultSet rs = ps.executeQuery()) {
            return rs.next();
        }
    }

    private MovingLoad.Intent move(String number) {
        String status = STATUSES.get(random.nextInt(STATUSES.size()));
        return new MovingLoad.Intent() {
            @Override
            public void run(Side side, Connection c) throws SQLException {
                change(c, "UPDATE orders SET status = ? WHERE number = ?", status, number);
            }

            @Override
            public void acknowledged() {
                ledger.put(number, status);
            }
        };
    }

    private MovingLoad.Intent cancel(String number) {
        return new MovingLoad.Intent() {
            @Override
            public void run(Side side, Connection c) throws SQLException {
                change(c, "DELETE FROM orders WHERE number = ?", number);
            }

            @Override
            public void acknowledged() {
                ledger.remove(number);
            }
        };
    }

    private static void change(Connection c, String sql, @Nullable Object... arguments) throws SQLException {
        try (PreparedStatement ps = bound(c, sql, arguments)) {
            ps.executeUpdate();
        }
    }

    private static PreparedStatement bound(Connection c, String sql, @Nullable Object... arguments)
            throws SQLException {
        PreparedStatement ps = c.prepareStatement(sql);
        for (int i = 0; i < arguments.length; i++) {
            ps.setObject(i + 1, arguments[i]);
        }
        return ps;
    }
}
