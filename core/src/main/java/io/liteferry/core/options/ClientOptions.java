package io.liteferry.core.options;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/**
 * Options of Kafka's own clients, passed through under the prefix {@code kafka.}: how to log in, what to trust, how long to
 * wait. Those that the protocol stands on are Liteferry's.
 */
public final class ClientOptions {
    public static final String PREFIX = "kafka.";

    private static final Set<String> OURS = Set.of(
            "acks",
            "auto.offset.reset",
            "bootstrap.servers",
            "client.id",
            "enable.auto.commit",
            "enable.idempotence",
            "group.id",
            "group.instance.id",
            "group.protocol",
            "interceptor.classes",
            "key.deserializer",
            "key.serializer",
            "transactional.id",
            "value.deserializer",
            "value.serializer");
    private static final Map<String, ConfigDef.ConfigKey> KNOWN = known();
    private static final Pattern PASSWORD_IN_TEXT = Pattern.compile("(?i)(password|secret)\\s*=\\s*\"?[^\"\\s;]");

    private ClientOptions() {}

    private static Map<String, ConfigDef.ConfigKey> known() {
        Map<String, ConfigDef.ConfigKey> all = new TreeMap<>();
        all.putAll(AdminClientConfig.configDef().configKeys());
        all.putAll(ProducerConfig.configDef().configKeys());
        all.putAll(ConsumerConfig.configDef().configKeys());
        all.keySet().removeAll(OURS);
        return all;
    }

    static boolean isOne(String option) {
        return option.startsWith(PREFIX);
    }

    /** @throws IllegalArgumentException with a message that never holds a secret */
    static String parsed(String option, String written) {
        String name = option.substring(PREFIX.length());
        ConfigDef.ConfigKey key = KNOWN.get(name);
        if (key == null) {
            throw new IllegalArgumentException(
                    OURS.contains(name)
                            ? option + ": Liteferry sets it, because its protocol stands on it; leave it out"
                            : "unknown option " + option + ": Kafka's clients have no " + name
                                    + Spelling.nearest(name, KNOWN.keySet())
                                            .map(n -> " (did you mean " + PREFIX + n + "?)")
                                            .orElse(""));
        }
        String resolved = SecretReference.resolve(option, written);
        try {
            Object value = ConfigDef.parseType(name, resolved, key.type);
            if (key.validator != null) {
                key.validator.ensureValid(name, value);
            }
        } catch (ConfigException e) {
            boolean secret = key.type == ConfigDef.Type.PASSWORD || !resolved.equals(written);
            throw new IllegalArgumentException(
                    option + ": " + (secret ? "the value does not fit" : String.valueOf(e.getMessage())), e);
        }
        return resolved;
    }

    /** The option that a variable of the environment stands for. */
    static Map<String, String> ofEnvironment(Map<String, String> environment) {
        Map<String, String> given = new HashMap<>();
        for (String name : KNOWN.keySet()) {
            String option = PREFIX + name;
            String value = environment.get(Options.variable(option));
            if (value != null) {
                given.put(option, value);
            }
        }
        return given;
    }

    /** Whether the text as it is written may be shown: a secret only by reference. */
    static boolean isShareable(String option, String written) {
        String name = option.substring(PREFIX.length());
        boolean secret = Optional.ofNullable(KNOWN.get(name))
                .map(k -> k.type == ConfigDef.Type.PASSWORD)
                .orElse(name.toLowerCase(Locale.ROOT).contains("password"));
        String bare = SecretReference.without(written);
        return !secret
                || !bare.equals(written) && !PASSWORD_IN_TEXT.matcher(bare).find();
    }
}
