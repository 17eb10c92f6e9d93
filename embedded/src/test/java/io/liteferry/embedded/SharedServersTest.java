package io.liteferry.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;

class SharedServersTest {
    @Test
    void servesTopicsFromOneBroker() throws Exception {
        assertThat(SharedServers.kafka()).isEqualTo(SharedServers.kafka());
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", SharedServers.kafka()))) {
            admin.createTopics(List.of(new NewTopic("shop.orders", 1, (short) 1)))
                    .all()
                    .get();
            assertThat(admin.listTopics().names().get()).contains("shop.orders");
        }
    }

    @Test
    void givesEveryCallerAnEmptyDatabaseOfItsOwn() throws Exception {
        String first = SharedServers.newDatabase();
        String second = SharedServers.newDatabase();
        assertThat(first).isNotEqualTo(second);
        try (Connection connection = DriverManager.getConnection(first);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT count(*), current_setting('wal_level'), version() FROM"
                        + " information_schema.tables WHERE table_schema = 'public'")) {
            rows.next();
            assertThat(rows.getInt(1)).isZero();
            assertThat(rows.getString(2)).isEqualTo("logical");
            assertThat(rows.getString(3)).startsWith("PostgreSQL 18.");
        }
    }
}
