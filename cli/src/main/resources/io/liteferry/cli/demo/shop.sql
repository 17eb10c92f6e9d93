-- A multi-tenant shop as applications really keep it: foreign keys with cascades, a composite key, a table WITHOUT ROWID,
-- tables without a primary key, partial unique indexes, and the same kind of value in several encodings.

CREATE TABLE tenants (
    id         INTEGER PRIMARY KEY,
    slug       TEXT NOT NULL UNIQUE,
    name       TEXT NOT NULL,
    is_active  BOOLEAN NOT NULL DEFAULT 1,       -- 0 or 1
    settings   JSON NOT NULL DEFAULT '{}',
    founded_on DATE,                             -- ISO text
    created_at DATETIME NOT NULL                 -- ISO text
);

CREATE TABLE products (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id  INTEGER NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    sku        VARCHAR(40) NOT NULL,
    barcode    TEXT,
    name       TEXT NOT NULL,
    price      DECIMAL(10, 2) NOT NULL,          -- written as text; the column's affinity makes a number of it
    list_price TEXT NOT NULL,                    -- a decimal kept as text: '19.90'
    weight_kg  REAL,
    attributes JSON,
    is_listed  BOOLEAN NOT NULL DEFAULT 1,       -- 0 or 1
    created_at DATETIME NOT NULL,                -- ISO text
    UNIQUE (tenant_id, sku)
);
CREATE UNIQUE INDEX products_listed_barcode ON products (barcode) WHERE is_listed = 1;
CREATE INDEX products_name ON products (lower(name));

CREATE TABLE customers (
    id           INTEGER PRIMARY KEY,
    tenant_id    INTEGER NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    email        TEXT NOT NULL COLLATE NOCASE UNIQUE,
    name         TEXT NOT NULL,
    phone        TEXT,
    newsletter   BOOLEAN NOT NULL DEFAULT 'false', -- 'true' or 'false'
    birth_date   DATE,                             -- ISO text
    avatar       BLOB,
    created_at   TIMESTAMP NOT NULL,               -- unix seconds
    email_domain TEXT GENERATED ALWAYS AS (lower(substr(email, instr(email, '@') + 1))) VIRTUAL
);
CREATE UNIQUE INDEX customers_phone ON customers (phone) WHERE phone IS NOT NULL;
CREATE INDEX customers_tenant ON customers (tenant_id, created_at);

CREATE TABLE orders (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id   INTEGER NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    customer_id INTEGER NOT NULL REFERENCES customers (id) ON DELETE CASCADE ON UPDATE CASCADE,
    number      TEXT NOT NULL,
    status      VARCHAR(10) NOT NULL DEFAULT 'cart',
    total       DECIMAL(10, 2) NOT NULL DEFAULT 0,
    is_gift     BOOLEAN NOT NULL DEFAULT 0,      -- 0 or 1
    note        TEXT,
    placed_at   TIMESTAMP NOT NULL,              -- unix milliseconds
    updated_at  TIMESTAMP NOT NULL,              -- unix milliseconds, kept by a trigger
    UNIQUE (tenant_id, number)
);
CREATE UNIQUE INDEX orders_open_cart ON orders (customer_id) WHERE status = 'cart';
CREATE INDEX orders_customer ON orders (customer_id);
CREATE INDEX orders_status ON orders (status, placed_at);

CREATE TABLE order_items (
    order_id   INTEGER NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    line_no    INTEGER NOT NULL,
    product_id INTEGER NOT NULL REFERENCES products (id),
    quantity   INTEGER NOT NULL CHECK (quantity > 0),
    unit_price TEXT NOT NULL,                    -- a decimal kept as text
    discount   REAL,
    PRIMARY KEY (order_id, line_no)
);
CREATE INDEX order_items_product ON order_items (product_id);

CREATE TABLE stock_levels (
    product_id INTEGER NOT NULL REFERENCES products (id) ON DELETE CASCADE,
    warehouse  TEXT NOT NULL,
    quantity   INTEGER NOT NULL,
    counted_at TIMESTAMP NOT NULL,               -- unix milliseconds
    PRIMARY KEY (product_id, warehouse)
) WITHOUT ROWID;

-- No primary key, but a unique one that no NULL can enter.
CREATE TABLE price_history (
    product_id INTEGER NOT NULL REFERENCES products (id) ON DELETE CASCADE,
    valid_from DATETIME NOT NULL,                -- ISO text
    price      DECIMAL(10, 2) NOT NULL,
    changed_by TEXT,
    UNIQUE (product_id, valid_from)
);

CREATE TABLE idempotency_keys (
    key          TEXT NOT NULL PRIMARY KEY,
    tenant_id    INTEGER NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    request_hash BLOB NOT NULL,
    response     JSON,
    created_at   INTEGER NOT NULL                -- unix milliseconds
);
CREATE UNIQUE INDEX idempotency_keys_request ON idempotency_keys (tenant_id, request_hash);

-- No key of any kind.
CREATE TABLE audit_logs (
    tenant_id INTEGER,
    actor     TEXT,
    action    TEXT NOT NULL,
    entity    TEXT NOT NULL,
    entity_id TEXT,
    details   JSON,
    at        TIMESTAMP NOT NULL                 -- unix milliseconds
);
CREATE INDEX audit_logs_at ON audit_logs (at);

CREATE TABLE sessions (
    id          UUID NOT NULL PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customers (id) ON DELETE CASCADE ON UPDATE CASCADE,
    device      TEXT NOT NULL,
    token       BLOB NOT NULL,
    is_mobile   BOOLEAN NOT NULL DEFAULT 'false', -- 'true' or 'false'
    expires_at  TIMESTAMP NOT NULL,               -- unix seconds
    UNIQUE (customer_id, device)
);

CREATE TRIGGER orders_touch AFTER UPDATE OF status, total, note ON orders
WHEN NEW.updated_at = OLD.updated_at
BEGIN
    UPDATE orders SET updated_at = OLD.updated_at + 1 WHERE id = NEW.id;
END;

CREATE TRIGGER stock_moved AFTER UPDATE OF quantity ON stock_levels
WHEN NEW.quantity <> OLD.quantity
BEGIN
    INSERT INTO audit_logs (tenant_id, actor, action, entity, entity_id, details, at)
    SELECT p.tenant_id, 'trigger', 'stock_moved', 'stock_levels', NEW.product_id || '/' || NEW.warehouse,
           '{"from":' || OLD.quantity || ',"to":' || NEW.quantity || '}', NEW.counted_at
    FROM products p WHERE p.id = NEW.product_id;
END;
