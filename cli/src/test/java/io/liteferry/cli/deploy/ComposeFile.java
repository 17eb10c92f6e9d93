package io.liteferry.cli.deploy;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.Yaml;

/** What docker-compose.yml says of its services, with anchors and merge keys resolved and variables at their defaults. */
record ComposeFile(Map<String, Map<String, Object>> services) {
    static final Path ROOT = Path.of("..");

    static ComposeFile read() throws IOException {
        Map<String, Map<String, Object>> services = new TreeMap<>();
        map(yaml(ROOT.resolve("docker-compose.yml")).get("services"))
                .forEach((name, service) -> services.put(name, map(service)));
        return new ComposeFile(services);
    }

    static Map<String, Object> yaml(Path file) throws IOException {
        try (Reader reader = Files.newBufferedReader(file)) {
            return map(new Yaml().load(reader));
        }
    }

    Map<String, Object> service(String name) {
        return map(services.get(name));
    }

    Map<String, Object> environment(String service) {
        return map(service(service).getOrDefault("environment", Map.of()));
    }

    List<String> list(String service, String key) {
        return strings(service(service).getOrDefault(key, List.of()));
    }

    List<String> healthCheck(String service) {
        return strings(map(service(service).get("healthcheck")).get("test"));
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> map(@Nullable Object value) {
        return (Map<String, Object>) Objects.requireNonNull(value);
    }

    static List<String> strings(@Nullable Object value) {
        return objects(value).stream().map(ComposeFile::withDefaults).toList();
    }

    static List<?> objects(@Nullable Object value) {
        return (List<?>) Objects.requireNonNull(value);
    }

    /** {@code ${NAME:-default}} as Compose reads it where NAME is not set. */
    static String withDefaults(Object value) {
        return value.toString().replaceAll("\\$\\{[A-Z_]+:-([^}]*)}", "$1");
    }
}
