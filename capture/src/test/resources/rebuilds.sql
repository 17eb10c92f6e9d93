-- Django
PRAGMA foreign_keys = OFF;
PRAGMA foreign_keys;
BEGIN;
CREATE TABLE "new__t" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "v" NULL, "email" text NULL, "n" integer NULL);
INSERT INTO "new__t" ("id", "v", "email", "n") SELECT "id", "v", "email", 5 FROM "t";
DROP TABLE "t";
ALTER TABLE "new__t" RENAME TO "t";
CREATE UNIQUE INDEX "t_email" ON "t" ("email");
PRAGMA foreign_key_check;
COMMIT;
PRAGMA foreign_keys = ON;

-- Alembic in batch mode, no transaction
CREATE TABLE _alembic_tmp_t (
	id INTEGER NOT NULL,
	v,
	email TEXT,
	n INTEGER,
	PRIMARY KEY (id)
);
INSERT INTO _alembic_tmp_t (id, v, email) SELECT t.id, t.v, t.email
FROM t;
DROP TABLE t;
ALTER TABLE _alembic_tmp_t RENAME TO t;
CREATE UNIQUE INDEX t_email ON t (email);

-- Alembic in batch mode, without the index
CREATE TABLE _alembic_tmp_t (id INTEGER NOT NULL, v, email TEXT, n INTEGER, PRIMARY KEY (id), CONSTRAINT uq_t_email UNIQUE (email));
INSERT INTO _alembic_tmp_t (id, v, email) SELECT t.id, t.v, t.email
FROM t;
DROP TABLE t;
ALTER TABLE _alembic_tmp_t RENAME TO t;

-- Prisma
PRAGMA defer_foreign_keys=ON;
PRAGMA foreign_keys=OFF;
CREATE TABLE "new_t" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "v",
    "email" TEXT,
    "n" INTEGER
);
INSERT INTO "new_t" ("email", "id", "v") SELECT "email", "id", "v" FROM "t";
DROP TABLE "t";
ALTER TABLE "new_t" RENAME TO "t";
CREATE UNIQUE INDEX "t_email_key" ON "t"("email");
PRAGMA foreign_keys=ON;
PRAGMA defer_foreign_keys=OFF;

-- Rails
PRAGMA foreign_keys;
PRAGMA defer_foreign_keys;
PRAGMA defer_foreign_keys = ON;
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE TRANSACTION;
CREATE TEMPORARY TABLE "at" ("id" integer PRIMARY KEY AUTOINCREMENT NOT NULL, "v" DEFAULT NULL, "email" text DEFAULT NULL);
CREATE UNIQUE INDEX "temp_index_at_on_email" ON "at" ("email");
INSERT INTO "at" ("id","v","email") SELECT "id","v","email" FROM "t";
DROP TABLE "t";
CREATE TABLE "t" ("id" integer PRIMARY KEY AUTOINCREMENT NOT NULL, "v" DEFAULT NULL, "email" text DEFAULT NULL, "n" integer DEFAULT NULL);
CREATE UNIQUE INDEX "index_t_on_email" ON "t" ("email");
INSERT INTO "t" ("id","v","email") SELECT "id","v","email" FROM "at";
DROP TABLE "at";
COMMIT TRANSACTION;
PRAGMA defer_foreign_keys = 0;
PRAGMA foreign_keys = 1;
