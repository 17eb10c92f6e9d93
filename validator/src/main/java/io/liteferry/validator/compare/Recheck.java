package io.liteferry.validator.compare;

import io.liteferry.core.change.AppliedPosition;
import io.liteferry.core.plan.TablePlan;
import io.liteferry.core.row.RowKey;
import io.liteferry.validator.canonical.CanonicalKey;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Looks at single rows again, at a pair of snapshots later than the one that raised the doubt, column by column. */
public final class Recheck {
    /** Keys looked at in one pair of snapshots. */
    public static final int KEYS = 500;

    private final Comparison sides;
    private final TableLayout layout;

    public Recheck(Comparison sides, TablePlan table) {
        this.sides = sides;
        this.layout = sides.layout(table);
    }

    /** A suspect for a key that was written down, for instance an open mismatch. */
    public Suspect suspect(RowKey key) {
        Optional<CanonicalKey> name = Names.of(layout, key);
        return name.map(n -> {
                    // The row may stand in the source by another spelling of the same key.
                    List<RowKey> spellings = new ArrayList<>(List.of(key));
                    layout.sourceKeys().of(n.bytes()).stream()
                            .filter(k -> !k.equals(key))
                            .forEach(spellings::add);
                    return new Suspect(n, spellings);
                })
                .orElseGet(() -> new Suspect(null, List.of(key)));
    }

    /** What the source's snapshot says of the suspects. */
    record SourceView(Map<Suspect, SourceSnapshot.Found> found, Set<Suspect> inFlight) {
        Map<RowKey, SourceSnapshot.Found> byKey() {
            Map<RowKey, SourceSnapshot.Found> byKey = new HashMap<>();
            found.values().forEach(f -> byKey.put(f.key(), f));
            return byKey;
        }
    }

    /** One suspect a row that keys of the log name: spellings of one canonical key are one row. */
    List<Suspect> suspects(Set<RowKey> keys) {
        List<Suspect> suspects = new ArrayList<>();
        Map<CanonicalKey, Set<RowKey>> spellings = new LinkedHashMap<>();
        for (RowKey key : keys) {
            Suspect s = suspect(key);
            CanonicalKey name = s.name();
            if (name == null) {
                suspects.add(s);
            } else {
                spellings.computeIfAbsent(name, n -> new LinkedHashSet<>()).addAll(s.spellings());
            }
        }
        spellings.forEach((name, all) -> suspects.add(new Suspect(name, List.copyOf(all))));
        return suspects;
    }

    /** One finding a suspect, in order; all in one pair of snapshots. */
    public List<Finding> look(List<Suspect> suspects) throws NotComparableException {
        try {
            Comparison.Reach reach = sides.begin(layout);
            SourceView source = sides.source(layout, reach, s -> view(s, suspects));
            return judge(reach.applied(), source, suspects);
        } finally {
            sides.end();
        }
    }

    /**
     * Of rows that differ those that do for certain: not those that the source only spells in a way that was not tried,
     * which may take reading all its keys.
     */
    public List<Finding> certain(List<Finding> differing, int rangeRows, Pace pace) throws NotComparableException {
        List<Suspect> missing = differing.stream()
                .filter(f -> f.verdict() == RowVerdict.MISSING_SOURCE)
                .map(Finding::suspect)
                .toList();
        if (missing.isEmpty() || layout.sourceKeys().unambiguous()) {
            return differing;
        }
        List<Suspect> strangers = new SpellingScan(sides, layout, rangeRows, pace).strangers(missing);
        return differing.stream()
                .filter(f -> f.verdict() != RowVerdict.MISSING_SOURCE || strangers.contains(f.suspect()))
                .toList();
    }

    /** Holds what the source's snapshot says against the target's. */
    List<Finding> judge(AppliedPosition applied, SourceView source, List<Suspect> suspects)
            throws NotComparableException {
        Map<CanonicalKey, List<SourceSnapshot.Columns>> target = new HashMap<>();
        List<CanonicalKey> names = suspects.stream()
                .map(Suspect::name)
                .filter(Objects::nonNull)
                .distinct()
                .toList();
        for (int i = 0; i < names.size(); i += KEYS) {
            sides.target()
                    .byKeys(
                            layout,
                            names.subList(i, Math.min(i + KEYS, names.size())),
                            row -> target.computeIfAbsent(
                                            new CanonicalKey(row.columns(layout.key())), k -> new ArrayList<>())
                                    .add(SourceSnapshot.Columns.of(
                                            row, layout.columns().size(), true)));
        }
        List<Finding> findings =
                suspects.stream().map(s -> finding(s, source, target)).toList();
        List<Finding> judged = withoutPartition(setAside(findings, suspects), source);
        return sides.reversed() ? carriedBack(applied, judged) : judged;
    }

    SourceView view(SourceSnapshot s, List<Suspect> suspects) throws SQLException {
        Map<Suspect, SourceSnapshot.Found> found = new HashMap<>();
        Set<Suspect> inFlight = new HashSet<>();
        try (SourceSnapshot.LookUp lookUp = s.lookUp()) {
            for (Suspect suspect : suspects) {
                lookUp.first(suspect.spellings()).ifPresent(f -> found.put(suspect, f));
                CanonicalKey name = suspect.name();
                boolean logged = name != null && s.inFlight().holds(name)
                        || suspect.spellings().stream().anyMatch(s.inFlight()::holds);
                if (logged) {
                    inFlight.add(suspect);
                }
            }
        }
        return new SourceView(found, inFlight);
    }

    private Finding finding(
            Suspect suspect, SourceView source, Map<CanonicalKey, List<SourceSnapshot.Columns>> target) {
        SourceSnapshot.Found found = source.found().get(suspect);
        CanonicalKey name = suspect.name();
        List<SourceSnapshot.Columns> there = name == null ? List.of() : target.getOrDefault(name, List.of());
        List<Integer> differing = found == null || there.isEmpty() ? List.of() : differences(found, there);
        RowVerdict verdict;
        if (found == null && there.isEmpty()) {
            verdict = RowVerdict.EQUAL;
        } else if (found != null && there.size() == 1 && found.columns().fits() && differing.isEmpty()) {
            verdict = RowVerdict.EQUAL;
        } else if (source.inFlight().contains(suspect)) {
            verdict = RowVerdict.IN_FLIGHT;
        } else if (found == null) {
            verdict = RowVerdict.MISSING_SOURCE;
        } else {
            verdict = there.isEmpty() ? RowVerdict.MISSING_TARGET : RowVerdict.ROW_DIFF;
        }
        Suspect exact = found == null ? suspect : new Suspect(name, List.of(found.key()));
        return new Finding(
                exact, verdict, found != null, verdict == RowVerdict.ROW_DIFF ? layout.names(differing) : List.of());
    }

    /** PostgreSQL is written: what the source does not have yet, or cannot hold. */
    private List<Finding> carriedBack(AppliedPosition applied, List<Finding> findings) throws NotComparableException {
        if (findings.stream().noneMatch(f -> f.verdict().differs())) {
            return findings;
        }
        InFlight inFlight = sides.inFlight(layout);
        Set<CanonicalKey> aside = new HashSet<>(
                sides.target().names(layout, sides.source("quarantine", applied, t -> t.setAside(layout))));
        return findings.stream()
                .map(f -> {
                    CanonicalKey name = f.suspect().name();
                    if (!f.verdict().differs() || name == null) {
                        return f;
                    }
                    if (inFlight.holds(name)) {
                        return new Finding(f.suspect(), RowVerdict.IN_FLIGHT, f.present(), List.of());
                    }
                    return aside.contains(name)
                            ? new Finding(f.suspect(), RowVerdict.QUARANTINED, f.present(), List.of())
                            : f;
                })
                .toList();
    }

    /** The rows of these keys, by their canonical keys. */
    List<Suspect> named(Collection<CanonicalKey> names) {
        return names.stream()
                .distinct()
                .map(n -> new Suspect(n, layout.sourceKeys().of(n.bytes())))
                .toList();
    }

    /** A row that differs because the sink has set it aside is no difference. */
    private List<Finding> setAside(List<Finding> findings, List<Suspect> suspects) {
        List<Integer> differing = IntStream.range(0, findings.size())
                .filter(i -> findings.get(i).verdict().differs())
                .boxed()
                .toList();
        if (differing.isEmpty()) {
            return findings;
        }
        Map<RowKey, Boolean> quarantined = sides.target()
                .quarantined(
                        layout,
                        differing.stream()
                                .flatMap(i -> suspects.get(i).spellings().stream())
                                .map(RowKey::packed)
                                .toList());
        List<Finding> judged = new ArrayList<>(findings);
        for (int i : differing) {
            List<Boolean> discarded = suspects.get(i).spellings().stream()
                    .filter(quarantined::containsKey)
                    .map(quarantined::get)
                    .toList();
            if (!discarded.isEmpty()) {
                boolean all = discarded.stream().allMatch(d -> d);
                RowVerdict verdict = all ? RowVerdict.DISCARDED : RowVerdict.QUARANTINED;
                Finding f = findings.get(i);
                judged.set(i, new Finding(f.suspect(), verdict, f.present(), List.of()));
            }
        }
        return judged;
    }

    /** A row that is missing only because its partition was detached is no difference. */
    private List<Finding> withoutPartition(List<Finding> findings, SourceView source) {
        Map<RowKey, SourceSnapshot.Found> rows = source.byKey();
        List<SourceSnapshot.Found> missing = findings.stream()
                .filter(f -> f.verdict() == RowVerdict.MISSING_TARGET)
                .map(f -> rows.get(f.suspect().key()))
                .filter(Objects::nonNull)
                .toList();
        Set<RowKey> detached = sides.target().detached(layout, missing).stream()
                .map(SourceSnapshot.Found::key)
                .collect(Collectors.toSet());
        return findings.stream()
                .map(f -> f.verdict() == RowVerdict.MISSING_TARGET
                                && detached.contains(f.suspect().key())
                        ? new Finding(f.suspect(), RowVerdict.DETACHED, f.present(), List.of())
                        : f)
                .toList();
    }

    /** Columns in which any copy of the row differs from the source; the key, where there are two equal copies. */
    private List<Integer> differences(SourceSnapshot.Found found, List<SourceSnapshot.Columns> copies) {
        List<Integer> differing = copies.stream()
                .flatMap(c -> found.columns().differences(c).stream())
                .distinct()
                .sorted()
                .toList();
        return differing.isEmpty() && copies.size() > 1
                ? IntStream.of(layout.key()).boxed().toList()
                : differing;
    }
}
