package io.liteferry.core.service;

import io.liteferry.core.plan.Plan;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;

/**
 * The checks behind {@code /readyz}: each has a name and is ok or says why not. Safe for use by several threads; a
 * service writes, the admin endpoint reads.
 */
public final class ServiceHealth {
    private final Map<String, String> checks;
    private final Map<String, Supplier<String>> hints;
    private final String prefix;

    /** Declares checks that are not ok before they were made. */
    public ServiceHealth(String... names) {
        this(new ConcurrentSkipListMap<>(), new ConcurrentSkipListMap<>(), "");
        declare(names);
    }

    private ServiceHealth(Map<String, String> checks, Map<String, Supplier<String>> hints, String prefix) {
        this.checks = checks;
        this.hints = hints;
        this.prefix = prefix;
    }

    /**
     * The checks of one source among these, declared here; with several sources they are called {@code source: check}.
     *
     * @param source a plan of one source
     */
    public ServiceHealth of(Plan source, String... names) {
        ServiceHealth own = new ServiceHealth(checks, hints, source.several() ? source.source() + ": " : "");
        own.declare(names);
        return own;
    }

    private void declare(String... names) {
        for (String n : names) {
            checks.putIfAbsent(prefix + n, "not yet");
        }
    }

    public void ok(String check) {
        checks.put(prefix + check, "ok");
    }

    public void failing(String check, String why) {
        checks.put(prefix + check, why);
    }

    /** Says of every check here why it is not ok. */
    public void failing(String why) {
        checks.replaceAll((check, before) -> check.startsWith(prefix) ? why : before);
    }

    /** Something to know that is no failure; {@code text} gives an empty text where there is nothing. */
    public void hint(String name, Supplier<String> text) {
        hints.put(prefix + name, text);
    }

    /** What is to be known now, by name. */
    public Map<String, String> hints() {
        Map<String, String> now = new LinkedHashMap<>();
        hints.forEach((name, text) -> {
            String said = text.get();
            if (!said.isEmpty()) {
                now.put(name, said);
            }
        });
        return now;
    }

    public boolean ready() {
        return checks.values().stream().allMatch("ok"::equals);
    }

    public Map<String, String> checks() {
        return new LinkedHashMap<>(checks);
    }
}
