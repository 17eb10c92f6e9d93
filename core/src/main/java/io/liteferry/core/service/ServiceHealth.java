package io.liteferry.core.service;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * The checks behind {@code /readyz}: each has a name and is ok or says why not. Safe for use by several threads; a
 * service writes, the admin endpoint reads.
 */
public final class ServiceHealth {
    private final Map<String, String> checks = new ConcurrentSkipListMap<>();

    /** Declares checks that are not ok before they were made. */
    public ServiceHealth(String... names) {
        for (String n : names) {
            checks.put(n, "not yet");
        }
    }

    public void ok(String check) {
        checks.put(check, "ok");
    }

    public void failing(String check, String why) {
        checks.put(check, why);
    }

    public boolean ready() {
        return checks.values().stream().allMatch("ok"::equals);
    }

    public Map<String, String> checks() {
        return new LinkedHashMap<>(checks);
    }
}
