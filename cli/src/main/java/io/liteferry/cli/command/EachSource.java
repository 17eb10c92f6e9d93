package io.liteferry.cli.command;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.plan.Plan;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** One piece of work on every source: what fails for one is done for the others all the same, and told in the end. */
final class EachSource {
    private EachSource() {}

    /**
     * @return why it failed, by source; empty where it did for none
     * @throws LiteferryException where it failed for every source
     */
    static Map<String, LiteferryException> run(Plan plan, Consumer<Plan> work) {
        Map<String, LiteferryException> failed = new LinkedHashMap<>();
        for (Plan source : plan.perSource()) {
            try {
                work.accept(source);
            } catch (LiteferryException e) {
                if (plan.sources().size() == 1 || e.code().exitCode() == ErrorCode.TARGET_UNREACHABLE.exitCode()) {
                    throw e;
                }
                failed.put(source.source(), e);
            }
        }
        if (failed.size() == plan.sources().size()) {
            throw failed.values().iterator().next();
        }
        return failed;
    }

    /** One line a source. */
    static String told(Map<String, LiteferryException> failed) {
        return failed.entrySet().stream()
                .map(e -> e.getKey() + ": " + e.getValue().getMessage())
                .collect(Collectors.joining(System.lineSeparator()));
    }
}
