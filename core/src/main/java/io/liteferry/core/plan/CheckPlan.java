package io.liteferry.core.plan;

/**
 * A CHECK constraint of the target.
 *
 * @param expression as PostgreSQL reads it, target names in double quotes
 */
public record CheckPlan(String name, String expression) {}
