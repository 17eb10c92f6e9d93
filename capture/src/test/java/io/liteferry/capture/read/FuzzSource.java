package io.liteferry.capture.read;

import io.liteferry.capture.read.FuzzTables.Column;
import io.liteferry.capture.read.FuzzTables.Sql1;
import io.liteferry.capture.read.FuzzTables.Table;
import io.liteferry.core.sqlite.Sql;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.NullUnmarked;

/** Random writes: every statement that changes rows, with every conflict clause. */
@NullUnmarked
final class FuzzSource {
    /**
     * @param answers whether it has a RETURNING clause
     */
    record Write(String sql, List<Object> parameters, boolean answers) {}

    private static final List<String> CONFLICT_CLAUSES =
            List.of("", "", " or replace", " or replace", " or ignore", " or fail", " or abort", " or rollback");

    private final Random r;
    private final List<Table> tables;

    FuzzSource(Random random, List<Table> tables) {
        this.r = random;
        this.tables = tables;
    }

    Write next() {
        Table t = tables.get(r.nextInt(tables.size()));
        if (!t.statements().isEmpty() && r.nextInt(8) == 0) {
            String sql = t.statements().get(r.nextInt(t.statements().size()));
            return new Write(sql, List.of(), sql.endsWith("returning id"));
        }
        int kind = r.nextInt(100);
        return new One(t).write(kind);
    }

    /** One statement. */
    private final class One {
        private final Table t;
        private final StringBuilder sql = new StringBuilder();
        private final List<Object> parameters = new ArrayList<>();

        One(Table t) {
            this.t = t;
        }

        Write write(int kind) {
            if (kind < 50) {
                insert();
            } else if (kind < 57) {
                insertSelect();
            } else if (kind < 82) {
                update();
            } else {
                delete();
            }
            boolean answers = r.nextInt(12) == 0;
            if (answers) {
                sql.append(" returning *");
            }
            return new Write(sql.toString(), parameters, answers);
        }

        private void insert() {
            boolean upsert = !t.conflictTargets().isEmpty() && r.nextInt(4) == 0;
            // Left out now and then, so that defaults are stored.
            List<Column> columns = new ArrayList<>(t.written());
            columns.removeIf(c -> r.nextInt(8) == 0);
            if (columns.isEmpty()) {
                sql.append("insert")
                        .append(clause())
                        .append(" into ")
                        .append(t.sqlName())
                        .append(" default values");
                return;
            }
            sql.append("insert")
                    .append(upsert ? "" : clause())
                    .append(" into ")
                    .append(t.sqlName())
                    .append(names(columns))
                    .append(" values");
            int rows = 1 + r.nextInt(3) / 2;
            for (int i = 0; i < rows; i++) {
                sql.append(i == 0 ? "(" : ",(")
                        .append(columns.stream().map(this::value).collect(Collectors.joining(",")))
                        .append(')');
            }
            if (upsert) {
                String target =
                        t.conflictTargets().get(r.nextInt(t.conflictTargets().size()));
                sql.append(" on conflict").append(target);
                if (target.isEmpty() || r.nextInt(4) == 0) {
                    sql.append(" do nothing");
                } else {
                    sql.append(" do update set ").append(assignments(r.nextBoolean()));
                    sql.append(r.nextInt(4) == 0 ? " where 1" : "");
                }
            }
        }

        private void insertSelect() {
            List<Column> columns = t.written();
            int moved = r.nextInt(columns.size());
            sql.append("insert")
                    .append(clause())
                    .append(" into ")
                    .append(t.sqlName())
                    .append(names(columns));
            sql.append(" select ")
                    .append(IntStream.range(0, columns.size())
                            .mapToObj(i -> i == moved ? value(columns.get(i)) : name(columns.get(i)))
                            .collect(Collectors.joining(",")))
                    .append(" from ")
                    .append(t.sqlName());
            where();
        }

        private void update() {
            sql.append("update")
                    .append(clause())
                    .append(' ')
                    .append(t.sqlName())
                    .append(" set ");
            sql.append(assignments(false));
            if (r.nextInt(10) == 0) {
                Column c = any();
                sql.append(" from (select ")
                        .append(value(c))
                        .append(" as q union all select ")
                        .append(value(c));
                sql.append(") as s where ")
                        .append(t.sqlName())
                        .append('.')
                        .append(name(c))
                        .append(" = s.q");
            } else {
                where();
            }
        }

        private void delete() {
            sql.append("delete from ").append(t.sqlName());
            if (r.nextInt(40) != 0) {
                where();
            }
        }

        private String assignments(boolean excluded) {
            Column first = any();
            Column second = any();
            List<Column> set = first.equals(second) || r.nextBoolean() ? List.of(first) : List.of(first, second);
            return set.stream()
                    .map(c ->
                            name(c) + "=" + (excluded && !c.name().equals("rowid") ? "excluded." + name(c) : value(c)))
                    .collect(Collectors.joining(","));
        }

        private void where() {
            Column c = any();
            int kind = r.nextInt(10);
            if (kind < 6) {
                sql.append(" where ").append(name(c)).append(" = ").append(value(c));
            } else if (kind < 9) {
                sql.append(" where ")
                        .append(name(c))
                        .append(" in (")
                        .append(value(c))
                        .append(',');
                sql.append(value(c)).append(')');
            } else {
                sql.append(" where ").append(name(c)).append(" is not ").append(value(c));
            }
        }

        private Column any() {
            return t.written().get(r.nextInt(t.written().size()));
        }

        private String value(Column c) {
            boolean nullKey = t.key().contains(c.name()) && r.nextInt(400) == 0;
            Object value = nullKey ? null : c.values().get(r.nextInt(c.values().size()));
            if (value instanceof Sql1 written) {
                return written.sql();
            }
            parameters.add(value);
            return "?";
        }

        private String clause() {
            return CONFLICT_CLAUSES.get(r.nextInt(CONFLICT_CLAUSES.size()));
        }

        private static String name(Column c) {
            return Sql.name(c.name());
        }

        private static String names(List<Column> columns) {
            return columns.stream().map(One::name).collect(Collectors.joining(",", "(", ")"));
        }
    }
}
