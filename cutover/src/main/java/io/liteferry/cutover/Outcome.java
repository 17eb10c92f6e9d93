package io.liteferry.cutover;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * How a cutover or a rollback has ended.
 *
 * @param pause from the hold to the call of the hook; negative where an interrupted run was finished
 * @param steps what each part of the pause took, milliseconds by name, in order
 * @param stragglers processes that still have the closed side open
 * @param hook what the hook has answered; empty where none is named
 */
public record Outcome(
        String run, Duration pause, Map<String, Double> steps, List<String> stragglers, Map<String, Object> hook) {}
