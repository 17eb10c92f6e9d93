package io.liteferry.core.plan;

import java.util.List;
import java.util.Optional;

/**
 * A secondary index of the target.
 *
 * @param terms PostgreSQL index terms with quoted target names: {@code "email"}, {@code lower("email")}, {@code "at" DESC}
 * @param where predicate of a partial index, as PostgreSQL reads it
 * @param constraint the name of the unique constraint that owns it is {@code name}; such a constraint can be deferrable
 */
public record IndexPlan(String name, boolean unique, boolean constraint, List<String> terms, Optional<String> where) {
    public IndexPlan {
        terms = List.copyOf(terms);
        if (constraint && (!unique || where.isPresent())) {
            throw new IllegalArgumentException("a unique constraint has no predicate: " + name);
        }
    }
}
