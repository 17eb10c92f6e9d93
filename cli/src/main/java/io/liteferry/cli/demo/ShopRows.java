package io.liteferry.cli.demo;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Random;

/** The first rows of the shop, table by table, parents before children. */
final class ShopRows {
    private static final int BATCH = 1_000;
    private static final String[] WAREHOUSES = {"Hamburg", "Łódź"};

    private final Connection connection;
    private final Random random;
    private final ShopValues values;
    private final int tenants;
    private final int products;
    private final int customers;
    private final int orders;
    private final int keys;
    private final int logs;

    /** The shares below make {@code rows} rows with two items an order and two warehouses a product. */
    ShopRows(Connection connection, long rows, long seed) {
        this.connection = connection;
        this.random = new Random(seed);
        this.values = new ShopValues(random);
        int n = Math.toIntExact(rows);
        this.tenants = Math.max(3, n / 6_000);
        this.products = Math.max(ShopDatabase.QUIET_PRODUCTS * 2, n / 20);
        this.customers = n / 10;
        this.orders = n * 17 / 100;
        this.keys = n / 20;
        this.logs = n * 8 / 100;
    }

    /** Fills one row of a batch: the values of row {@code i}, counted from 1. */
    private interface Row {
        Object[] of(int i);
    }

    void insert() throws SQLException {
        insert("tenants(id, slug, name, is_active, settings, founded_on, created_at)", tenants, i -> new Object[] {
            i, "tenant-" + i, values.company(i), i % 7 == 0 ? 0 : 1, values.settings(), values.date(), values.isoTime()
        });
        insert(
                "products(id, tenant_id, sku, barcode, name, price, list_price, weight_kg, attributes, is_listed,"
                        + " created_at)",
                products,
                i -> new Object[] {
                    i,
                    tenantOf(i),
                    "SKU-" + i,
                    i % 3 == 0 ? null : String.valueOf(4_000_000_000_000L + i),
                    values.product(),
                    values.decimal(500),
                    values.decimal(600),
                    i % 5 == 0 ? null : random.nextInt(100_000) / 1_000.0,
                    i % 4 == 0 ? null : values.attributes(),
                    i % 11 == 0 ? 0 : 1,
                    values.isoTime()
                });
        insert(
                "customers(id, tenant_id, email, name, phone, newsletter, birth_date, avatar, created_at)",
                customers,
                i -> new Object[] {
                    i,
                    tenantOf(i),
                    values.email(i),
                    values.person(),
                    i % 3 == 0 ? null : "+49" + (15_000_000_000L + i),
                    i % 2 == 0 ? "true" : "false",
                    i % 4 == 0 ? null : values.date(),
                    i % 10 == 0 ? values.bytes(96) : null,
                    values.millis() / 1_000
                });
        insert(
                "orders(id, tenant_id, customer_id, number, status, total, is_gift, note, placed_at, updated_at)",
                orders,
                i -> {
                    // Customers come round again, so each has one cart at the most: the first order of every ninth.
                    int customer = (i - 1) % customers + 1;
                    long placed = values.millis();
                    return new Object[] {
                        i,
                        tenantOf(customer),
                        customer,
                        "O-" + i,
                        i <= customers && i % 9 == 0 ? "cart" : values.status(),
                        values.decimal(1_500),
                        i % 13 == 0 ? 1 : 0,
                        i % 6 == 0 ? values.note() : null,
                        placed,
                        placed + random.nextInt(1_000_000)
                    };
                });
        insert("order_items(order_id, line_no, product_id, quantity, unit_price, discount)", orders * 2, i -> {
            return new Object[] {
                (i + 1) / 2,
                2 - i % 2,
                1 + random.nextInt(products),
                1 + random.nextInt(5),
                values.decimal(500),
                i % 8 == 0 ? random.nextDouble() : null
            };
        });
        insert("stock_levels(product_id, warehouse, quantity, counted_at)", products * 2, i ->
                new Object[] {(i + 1) / 2, WAREHOUSES[i % 2], random.nextInt(1_000), values.millis()});
        // Quiet products have exactly one price, so that one of them can be named by its product alone.
        insert("price_history(product_id, valid_from, price, changed_by)", products + products / 2, i -> new Object[] {
            i <= products ? i : Math.max(ShopDatabase.QUIET_PRODUCTS + 1, i - products),
            i <= products ? "2023-01-01 00:00:00" : values.isoTime(i),
            values.decimal(500),
            i % 3 == 0 ? null : values.person()
        });
        insert("idempotency_keys(key, tenant_id, request_hash, response, created_at)", keys, i ->
                new Object[] {values.uuid(), tenantOf(i), values.bytes(32), values.response(i), values.millis()});
        insert("audit_logs(tenant_id, actor, action, entity, entity_id, details, at)", logs, i -> new Object[] {
            i % 50 == 0 ? null : tenantOf(i),
            i % 4 == 0 ? null : values.person(),
            "created",
            "orders",
            String.valueOf(1 + random.nextInt(orders)),
            i % 3 == 0 ? null : values.attributes(),
            values.millis()
        });
        insert("sessions(id, customer_id, device, token, is_mobile, expires_at)", customers * 2 / 5, i -> new Object[] {
            values.uuid(), i, values.device(), values.bytes(16), i % 3 == 0 ? "true" : "false", values.millis() / 1_000
        });
    }

    private int tenantOf(int i) {
        return 1 + i % tenants;
    }

    private void insert(String target, int rows, Row row) throws SQLException {
        int columns = target.split(",").length;
        String sql = "INSERT INTO " + target + " VALUES (" + "?, ".repeat(columns - 1) + "?)";
        try (PreparedStatement p = connection.prepareStatement(sql)) {
            for (int i = 1; i <= rows; i++) {
                Object[] given = row.of(i);
                for (int column = 0; column < columns; column++) {
                    p.setObject(column + 1, given[column]);
                }
                p.addBatch();
                if (i % BATCH == 0 || i == rows) {
                    p.executeBatch();
                }
            }
        }
    }
}
