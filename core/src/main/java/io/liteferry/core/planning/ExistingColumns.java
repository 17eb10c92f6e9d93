package io.liteferry.core.planning;

import io.liteferry.core.change.ColumnChange;
import io.liteferry.core.change.ColumnChange.Kind;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.Encoding;
import io.liteferry.core.plan.Plan;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.planning.DeclaredType.Meaning;
import io.liteferry.core.postgres.PgConnections;
import io.liteferry.core.sqlite.SourceTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The columns that the application's own migrations have made in the target, as they were when it was asked: whether a
 * change of the source was made there already.
 */
public final class ExistingColumns {
    private final List<ExistingTable> tables;

    private ExistingColumns(List<ExistingTable> tables) {
        this.tables = tables;
    }

    public static ExistingColumns read(Plan plan) {
        PgConnections target = PgConnections.of(plan.options());
        String schema = plan.options().string(Options.TARGET_SCHEMA);
        try (Connection connection = target.open("liteferry-capture")) {
            connection.setReadOnly(true);
            return new ExistingColumns(ExistingTable.read(connection, schema));
        } catch (SQLException e) {
            throw PgConnections.failure("Reading schema " + schema + " of the target", e);
        }
    }

    /**
     * The changes in the names and types that the target has for them; empty where one was not made there.
     *
     * @param plan of the table before them
     */
    public Optional<List<ColumnChange>> made(TablePlan plan, List<ColumnChange> changes, SourceTable now) {
        Optional<ExistingTable> table =
                tables.stream().filter(t -> t.name().equals(plan.target())).findFirst();
        List<ColumnChange> made = new ArrayList<>();
        for (ColumnChange c : changes) {
            table.flatMap(t -> made(t, c, now)).ifPresent(made::add);
        }
        return made.size() == changes.size() ? Optional.of(made) : Optional.empty();
    }

    private static Optional<ColumnChange> made(ExistingTable table, ColumnChange c, SourceTable now) {
        return switch (c.kind()) {
            case ADD -> added(table, c, now);
            case RENAME -> {
                String to = String.valueOf(c.to());
                yield table.column(c.column()).isPresent()
                        ? Optional.empty()
                        : table.column(to).map(t -> ColumnChange.rename(c.column(), to, t.name()));
            }
            case DROP ->
                table.columns().stream().noneMatch(t -> t.name().equals(c.target()))
                        ? Optional.of(c)
                        : Optional.empty();
            case UNIQUE -> Optional.of(c);
        };
    }

    private static Optional<ColumnChange> added(ExistingTable table, ColumnChange c, SourceTable now) {
        return table.column(c.column())
                .filter(t -> !t.generated())
                .flatMap(t -> t.type()
                        .flatMap(type -> encoding(type, c.column(), now)
                                .map(encoding -> new ColumnChange(
                                        Kind.ADD,
                                        c.column(),
                                        null,
                                        t.name(),
                                        type.toString(),
                                        encoding.yaml(),
                                        !t.notNull(),
                                        null))));
    }

    /** As the declaration means it, where that is of the target's type; there are no values yet to tell. */
    private static Optional<Encoding> encoding(TargetType type, String column, SourceTable now) {
        Stream<Encoding> meant = now.column(column).stream()
                .flatMap(c -> DeclaredType.of(c.declaredType(), now.strict()).candidates().stream())
                .filter(m -> m.type().kind() == type.kind())
                .map(Meaning::encoding);
        return Stream.concat(meant, Stream.of(Encoding.values()).filter(e -> e.fits(type.kind())))
                .findFirst();
    }
}
