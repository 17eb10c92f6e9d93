package io.liteferry.cli.demo;

import static io.liteferry.cli.demo.Writes.Kind.CASCADE;
import static io.liteferry.cli.demo.Writes.Kind.DELETE;
import static io.liteferry.cli.demo.Writes.Kind.INSERT;
import static io.liteferry.cli.demo.Writes.Kind.KEY_CHANGE;
import static io.liteferry.cli.demo.Writes.Kind.REPLACE;
import static io.liteferry.cli.demo.Writes.Kind.UPDATE;
import static io.liteferry.cli.demo.Writes.Kind.UPSERT;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * The transactions of the shop's application, drawn at random. Each is one that applications really run, and together
 * they take every way by which a row can come, change or go. Every so often one of them trims a table back to the size it
 * had at the start.
 */
final class ShopTransactions {
    private static final int TRIM_EVERY = 20;
    private static final long TRIM_AT_MOST = 200;
    private static final String[] WAREHOUSES = {"Hamburg", "Łódź", "Ústí nad Labem"};

    /** A table that the load lets grow, and which of its rows may be trimmed, oldest first. */
    private record Grown(String table, String trimmable, long size) {}

    private final ShopConnection shop;
    private final Random random;
    private final ShopValues values;
    private final long products;
    private final List<ShopConnection.Work> drawn = new ArrayList<>();
    private final List<Grown> grown = new ArrayList<>();
    private long count;

    /** The draw depends on the seed and on how many orders the shop has ever had, so that a second run goes on. */
    ShopTransactions(ShopConnection shop, long seed) throws SQLException {
        this.shop = shop;
        this.random = new Random(seed * 31 + shop.number("SELECT seq FROM sqlite_sequence WHERE name = 'orders'"));
        this.values = new ShopValues(random);
        this.products = shop.number("SELECT max(id) FROM products");
        for (String table : List.of("orders", "customers", "sessions", "audit_logs", "idempotency_keys")) {
            grown.add(new Grown(table, "true", shop.number("SELECT count(*) FROM " + table)));
        }
        String notQuiet = "product_id > " + ShopDatabase.QUIET_PRODUCTS;
        grown.add(new Grown("price_history", notQuiet, shop.number("SELECT count(*) FROM price_history")));
        often(18, this::placeOrder);
        often(14, this::moveOrderOn);
        often(4, this::cancelOrder);
        often(6, this::openCart);
        often(4, this::checkOut);
        often(2, this::handCartOver);
        often(5, this::register);
        often(2, this::forget);
        often(2, this::takeOverEmail);
        often(4, this::changeContact);
        often(3, this::renumberCustomer);
        often(3, this::renumberItems);
        often(8, this::logIn);
        often(4, this::moveSession);
        often(3, this::renewSessionId);
        often(3, this::extendSessions);
        often(10, this::countStock);
        often(5, this::changePrice);
        often(4, this::giveUp);
        often(4, this::tryAndKeepHalf);
    }

    private void often(int weight, ShopConnection.Work work) {
        for (int i = 0; i < weight; i++) {
            drawn.add(work);
        }
    }

    /** Runs one transaction. */
    void next() throws SQLException {
        count++;
        if (count % TRIM_EVERY == 0) {
            Grown table = grown.get((int) (count / TRIM_EVERY % grown.size()));
            shop.transaction(() -> trim(table));
        } else {
            shop.transaction(drawn.get(random.nextInt(drawn.size())));
        }
    }

    private boolean trim(Grown g) throws SQLException {
        long excess = shop.number("SELECT count(*) FROM " + g.table) - g.size;
        if (excess > 0) {
            boolean cascades = g.table.equals("orders") || g.table.equals("customers");
            shop.change(
                    cascades ? CASCADE : DELETE,
                    "DELETE FROM " + g.table + " WHERE rowid IN (SELECT rowid FROM " + g.table + " WHERE " + g.trimmable
                            + " ORDER BY rowid LIMIT ?)",
                    Math.min(excess, TRIM_AT_MOST));
        }
        return true;
    }

    private boolean placeOrder() throws SQLException {
        long customer = customer();
        String number = "L-" + Long.toHexString(random.nextLong());
        shop.change(
                INSERT,
                "INSERT INTO orders(tenant_id, customer_id, number, status, total, note, placed_at, updated_at)"
                        + " SELECT tenant_id, id, ?, 'placed', ?, ?, ?, ? FROM customers WHERE id = ?",
                number,
                values.decimal(1_500),
                values.note(),
                now(),
                now(),
                customer);
        long order = shop.number("SELECT last_insert_rowid()");
        for (int line = 1 + random.nextInt(3); line > 0; line--) {
            long product = product();
            addItem(order, line, product);
            shop.change(
                    UPDATE,
                    "UPDATE stock_levels SET quantity = quantity - 1, counted_at = ? WHERE product_id = ? AND warehouse = ?",
                    now(),
                    product,
                    WAREHOUSES[0]);
        }
        shop.change(
                INSERT,
                "INSERT INTO idempotency_keys(key, tenant_id, request_hash, response, created_at)"
                        + " SELECT ?, tenant_id, ?, ?, ? FROM orders WHERE id = ?",
                values.uuid(),
                values.bytes(32),
                values.response(order),
                now(),
                order);
        return true;
    }

    private void addItem(long order, int line, long product) throws SQLException {
        shop.change(
                INSERT,
                "INSERT INTO order_items(order_id, line_no, product_id, quantity, unit_price, discount)"
                        + " VALUES (?, ?, ?, ?, ?, ?)",
                order,
                line,
                product,
                1 + random.nextInt(5),
                values.decimal(500),
                random.nextBoolean() ? random.nextDouble() : null);
    }

    private boolean moveOrderOn() throws SQLException {
        shop.change(
                UPDATE,
                "UPDATE orders SET status = ?, total = ? WHERE id = ? AND status <> 'cart'",
                values.status(),
                values.decimal(1_500),
                order());
        return true;
    }

    private boolean cancelOrder() throws SQLException {
        shop.change(CASCADE, "DELETE FROM orders WHERE id = ?", order());
        return true;
    }

    /** A customer has one open cart: a new one displaces the old one through the partial unique index. */
    private boolean openCart() throws SQLException {
        shop.change(
                REPLACE,
                "INSERT OR REPLACE INTO orders(tenant_id, customer_id, number, status, placed_at, updated_at)"
                        + " SELECT tenant_id, id, ?, 'cart', ?, ? FROM customers WHERE id = ?",
                "C-" + Long.toHexString(random.nextLong()),
                now(),
                now(),
                customer());
        addItem(shop.number("SELECT last_insert_rowid()"), 1, product());
        return true;
    }

    private boolean checkOut() throws SQLException {
        shop.change(UPDATE, "UPDATE orders SET status = 'placed', placed_at = ? WHERE id = ?", now(), cart());
        return true;
    }

    private boolean handCartOver() throws SQLException {
        shop.change(REPLACE, "UPDATE OR REPLACE orders SET customer_id = ? WHERE id = ?", customer(), cart());
        return true;
    }

    private boolean register() throws SQLException {
        shop.change(
                INSERT,
                "INSERT INTO customers(tenant_id, email, name, phone, newsletter, birth_date, avatar, created_at)"
                        + " SELECT id, ?, ?, ?, ?, ?, ?, ? FROM tenants WHERE id = ?",
                values.email(random.nextLong() >>> 1),
                values.person(),
                phone(),
                random.nextBoolean() ? "true" : "false",
                values.date(),
                random.nextInt(4) == 0 ? values.bytes(200) : null,
                now() / 1_000,
                1 + random.nextInt(3));
        logIn(shop.number("SELECT last_insert_rowid()"));
        return true;
    }

    /** Takes the customer's orders, their items and the sessions along. */
    private boolean forget() throws SQLException {
        shop.change(CASCADE, "DELETE FROM customers WHERE id = ?", customer());
        return true;
    }

    /** The same address in other letters: the other account goes, with all that hangs on it. */
    private boolean takeOverEmail() throws SQLException {
        shop.change(
                REPLACE,
                "UPDATE OR REPLACE customers SET email = (SELECT upper(email) FROM customers WHERE id = ?) WHERE id = ?",
                customer(),
                customer());
        return true;
    }

    private boolean changeContact() throws SQLException {
        shop.change(
                UPDATE,
                "UPDATE customers SET phone = ?, name = ?, avatar = ? WHERE id = ?",
                phone(),
                values.person(),
                random.nextBoolean() ? values.bytes(64) : null,
                customer());
        return true;
    }

    private boolean renumberCustomer() throws SQLException {
        shop.change(
                KEY_CHANGE, "UPDATE customers SET id = (SELECT max(id) + 1 FROM customers) WHERE id = ?", customer());
        return true;
    }

    private boolean renumberItems() throws SQLException {
        shop.change(KEY_CHANGE, "UPDATE order_items SET line_no = line_no + 10 WHERE order_id = ?", order());
        return true;
    }

    private boolean logIn() throws SQLException {
        logIn(customer());
        return true;
    }

    /** A device has one session: the older one is displaced through the secondary unique index. */
    private void logIn(long customer) throws SQLException {
        shop.change(
                REPLACE,
                "INSERT OR REPLACE INTO sessions(id, customer_id, device, token, is_mobile, expires_at)"
                        + " VALUES (?, ?, ?, ?, ?, ?)",
                values.uuid(),
                customer,
                values.device(),
                values.bytes(16),
                random.nextBoolean() ? "true" : "false",
                now() / 1_000 + 86_400);
    }

    private boolean moveSession() throws SQLException {
        shop.change(
                REPLACE,
                "UPDATE OR REPLACE sessions SET device = ?, customer_id = ? WHERE id = ?",
                values.device(),
                customer(),
                session());
        return true;
    }

    private boolean renewSessionId() throws SQLException {
        shop.change(KEY_CHANGE, "UPDATE sessions SET id = ? WHERE id = ?", values.uuid(), session());
        return true;
    }

    private boolean extendSessions() throws SQLException {
        long first = customer();
        shop.change(
                UPDATE,
                "UPDATE sessions SET expires_at = expires_at + 3600 WHERE customer_id BETWEEN ? AND ?",
                first,
                first + 50);
        return true;
    }

    private boolean countStock() throws SQLException {
        long product = product();
        int warehouse = random.nextInt(WAREHOUSES.length);
        if (warehouse == 2 && random.nextBoolean()) {
            shop.change(
                    DELETE,
                    "DELETE FROM stock_levels WHERE product_id BETWEEN ? AND ? AND warehouse = ?",
                    product,
                    product + 3,
                    WAREHOUSES[2]);
            return true;
        }
        shop.change(
                UPSERT,
                "INSERT INTO stock_levels(product_id, warehouse, quantity, counted_at) VALUES (?, ?, ?, ?)"
                        + " ON CONFLICT (product_id, warehouse) DO UPDATE SET quantity = excluded.quantity,"
                        + " counted_at = excluded.counted_at",
                product,
                WAREHOUSES[warehouse],
                random.nextInt(1_000),
                now());
        return true;
    }

    private boolean changePrice() throws SQLException {
        long product = product();
        String price = values.decimal(500);
        shop.change(
                REPLACE,
                "INSERT OR REPLACE INTO price_history(product_id, valid_from, price, changed_by) VALUES (?, ?, ?, ?)",
                product,
                values.isoTime(random.nextInt(1_000_000_000)),
                price,
                values.person());
        shop.change(
                UPDATE,
                "UPDATE products SET price = ?, list_price = ?, attributes = ?, is_listed = 1 - is_listed WHERE id = ?",
                price,
                price,
                values.attributes(),
                product);
        return true;
    }

    /** Does the work of other transactions, then rolls all of it back. */
    private boolean giveUp() throws SQLException {
        placeOrder();
        forget();
        renumberItems();
        return false;
    }

    private boolean tryAndKeepHalf() throws SQLException {
        changePrice();
        shop.control("SAVEPOINT half");
        forget();
        logIn();
        shop.control("ROLLBACK TO half");
        shop.control("RELEASE half");
        shop.change(
                INSERT,
                "INSERT INTO audit_logs(tenant_id, actor, action, entity, details, at) VALUES (?, ?, 'retried', 'customers', ?, ?)",
                1,
                values.person(),
                values.settings(),
                now());
        return true;
    }

    private long now() {
        return ShopDatabase.EPOCH_MILLIS + count * 37;
    }

    private @Nullable String phone() {
        return random.nextInt(3) == 0 ? null : "+33" + (random.nextLong() >>> 8);
    }

    private long product() {
        return ShopDatabase.QUIET_PRODUCTS + 1 + random.nextLong(products - ShopDatabase.QUIET_PRODUCTS);
    }

    private long customer() throws SQLException {
        return any("customers");
    }

    private long order() throws SQLException {
        return any("orders");
    }

    /** A row at or after a random id between the lowest and the highest. */
    private long any(String table) throws SQLException {
        long lowest = shop.number("SELECT min(id) FROM " + table);
        long highest = shop.number("SELECT max(id) FROM " + table);
        long from = lowest + random.nextLong(highest - lowest + 1);
        return shop.number("SELECT id FROM " + table + " WHERE id >= ? ORDER BY id LIMIT 1", from);
    }

    private long cart() throws SQLException {
        return shop.number(
                "SELECT id FROM orders WHERE status = 'cart' AND customer_id >= ? ORDER BY customer_id LIMIT 1",
                customer());
    }

    private String session() throws SQLException {
        return shop.text("SELECT id FROM sessions WHERE id >= ? ORDER BY id LIMIT 1", values.uuid());
    }
}
