package io.liteferry.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.liteferry.cli.independent.IndependentComparison;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.KeyPlan;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.embedded.SharedServers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlantedTest {
    @TempDir
    Path folder;

    @Test
    void plantsExactlyOneDifferenceOfEachKindAndNamesItByItsKey() throws SQLException {
        Path file = folder.resolve("shop.db");
        ShopDatabase.create(file, 2_000, 7);
        String url = SharedServers.newDatabase();
        Options options = Options.of(Map.of(Options.DATABASE_FILE_PATH, file.toString(), Options.CONNECTION_URL, url));
        Plan plan = new Plan(
                "shop",
                options,
                List.of(
                        table("products", KeyPlan.primaryKey("id"), "id", "name"),
                        table("tenants", KeyPlan.primaryKey("id"), "id", "slug", "name"),
                        table(
                                "price_history",
                                new KeyPlan(KeyPlan.Kind.UNIQUE_INDEX, List.of("product_id", "valid_from")),
                                "product_id",
                                "valid_from")));
        PgConnections target = PgConnections.of(options);
        copy(file, target, plan);
        List<String> before = IndependentComparison.compare(file, url, "public");

        List<Planted.Difference> planted = new Planted(plan, target).plant();

        assertThat(planted)
                .extracting(Planted.Difference::table, Planted.Difference::key, Planted.Difference::kind)
                .containsExactly(
                        tuple("products", "7", "row_diff"),
                        tuple("price_history", "11,'2023-01-01 00:00:00'", "missing_target"),
                        tuple("tenants", "1000001", "missing_source"));
        List<String> found = IndependentComparison.compare(file, url, "public");
        found.removeAll(before);
        assertThat(found)
                .hasSize(3)
                .anySatisfy(d -> assertThat(d).startsWith("products: key 7: name is "))
                .contains(
                        "price_history: only in SQLite: key 11,2023-01-01 00:00:00",
                        "tenants: only in PostgreSQL: key 1000001");
    }

    private static TablePlan table(String name, KeyPlan key, String... columns) {
        return TablePlan.simple(
                name,
                key,
                Arrays.stream(columns)
                        .map(c -> ColumnPlan.plain(
                                c, TargetType.of(c.endsWith("id") ? TargetType.Kind.BIGINT : TargetType.Kind.TEXT)))
                        .toList());
    }

    private static void copy(Path file, PgConnections target, Plan plan) throws SQLException {
        try (Connection from = ShopDatabase.open(file);
                Connection to = target.open("test");
                Statement s = to.createStatement()) {
            for (TablePlan t : plan.tables()) {
                List<String> names =
                        t.columns().stream().map(ColumnPlan::target).toList();
                String columns = String.join(", ", names);
                s.execute("CREATE TABLE " + t.target() + " ("
                        + String.join(
                                ", ",
                                t.columns().stream()
                                        .map(c -> c.target() + " " + c.type().sql())
                                        .toList())
                        + ", PRIMARY KEY (" + String.join(", ", t.targetKey()) + "))");
                try (Statement read = from.createStatement();
                        ResultSet rs = read.executeQuery("SELECT " + columns + " FROM " + t.source());
                        PreparedStatement p = to.prepareStatement("INSERT INTO " + t.target() + " (" + columns
                                + ") VALUES (" + "?, ".repeat(names.size() - 1) + "?)")) {
                    while (rs.next()) {
                        for (int i = 1; i <= names.size(); i++) {
                            p.setObject(i, rs.getObject(i));
                        }
                        p.addBatch();
                    }
                    p.executeBatch();
                }
            }
            to.commit();
        }
    }
}
