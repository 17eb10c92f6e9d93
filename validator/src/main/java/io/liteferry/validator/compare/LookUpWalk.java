package io.liteferry.validator.compare;

import io.liteferry.core.change.Position;
import io.liteferry.core.row.RowKey;
import io.liteferry.validator.canonical.CanonicalKey;
import io.liteferry.validator.canonical.SourceKeys;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Walks a table whose keys the sides order differently: first the source in its own order, each row looked up in the
 * target by its key; then the target in its own order, each key looked up in the source. Never by a locale's collation
 * across the sides.
 */
final class LookUpWalk implements Walk {
    private static final int KEYS_PER_QUERY = 1_000;
    /** Look-ups in SQLite are slower than a scan, and a read transaction is short. */
    private static final int TARGET_ROWS = 2_000;

    private final Comparison sides;
    private final TableLayout layout;
    private final RangeSize size;
    private final SourceKeys keys;
    private @Nullable RowKey after;
    private @Nullable CanonicalKey targetAfter;
    private boolean sourceDone;
    private boolean done;
    private boolean partial;
    private @Nullable Position position;

    /** @param from where an earlier walk was */
    LookUpWalk(Comparison sides, TableLayout layout, RangeSize size, Place.Reached from) {
        this.sides = sides;
        this.layout = layout;
        this.size = size;
        this.after = from.after();
        this.targetAfter = from.targetAfter();
        this.sourceDone = from.sourceDone();
        this.keys = layout.sourceKeys();
    }

    @Override
    public boolean done() {
        return done;
    }

    @Override
    public boolean partial() {
        return partial;
    }

    @Override
    public Optional<Position> position() {
        return Optional.ofNullable(position);
    }

    @Override
    public Place.Reached reached() {
        return new Place.Reached(after, targetAfter, sourceDone);
    }

    @Override
    public RangeResult next() throws NotComparableException {
        try {
            Comparison.Reach reach = sides.begin(layout);
            partial |= reach.cursor() != null;
            position = reach.position();
            return sourceDone ? targetRange(reach) : sourceRange(reach);
        } finally {
            sides.end();
        }
    }

    private RangeResult sourceRange(Comparison.Reach reach) throws NotComparableException {
        record Part(SourceSnapshot.Range range, InFlight inFlight) {}
        Part part = sides.source(layout, reach, s -> new Part(s.range(after, reach.cursor(), size), s.inFlight()));
        List<SourceRow> rows = part.range().rows();
        Map<CanonicalKey, List<Long>> hashes = new HashMap<>();
        List<CanonicalKey> wanted = rows.stream()
                .filter(SourceRow::keyFits)
                .map(SourceRow::name)
                .distinct()
                .toList();
        for (int i = 0; i < wanted.size(); i += KEYS_PER_QUERY) {
            sides.target()
                    .byKeys(
                            layout,
                            wanted.subList(i, Math.min(i + KEYS_PER_QUERY, wanted.size())),
                            row -> hashes.computeIfAbsent(
                                            new CanonicalKey(row.columns(layout.key())), k -> new ArrayList<>())
                                    .add(row.hash()));
        }
        List<Suspect> aside = new ArrayList<>();
        List<Suspect> suspects = new ArrayList<>();
        long equal = 0;
        for (SourceRow row : rows) {
            List<Long> found = hashes.getOrDefault(row.name(), List.of());
            if (row.fits() && found.size() == 1 && found.get(0) == row.hash()) {
                equal++;
            } else {
                Suspect s = new Suspect(row.keyFits() ? row.name() : null, List.of(row.key()));
                (part.inFlight().holds(row.key()) || part.inFlight().holds(row.name()) ? aside : suspects).add(s);
            }
        }
        if (!rows.isEmpty()) {
            after = rows.get(rows.size() - 1).key();
        }
        sourceDone = part.range().complete();
        // Above a snapshot's cursor the target has rows that cannot be told from strangers.
        done = sourceDone && reach.cursor() != null;
        return new RangeResult(rows.size(), 0, equal, aside, suspects);
    }

    private RangeResult targetRange(Comparison.Reach reach) throws NotComparableException {
        List<CanonicalKey> names = new ArrayList<>();
        sides.target()
                .range(
                        layout,
                        false,
                        targetAfter,
                        null,
                        TARGET_ROWS,
                        row -> names.add(new CanonicalKey(row.columns(layout.key()))));
        record Looked(int upTo, List<CanonicalKey> absent, InFlight inFlight) {}
        Looked looked = sides.source(layout, reach, s -> {
            List<CanonicalKey> absent = new ArrayList<>();
            int i = 0;
            try (SourceSnapshot.LookUp lookUp = s.lookUp()) {
                while (i < names.size() && (i == 0 || !s.timeIsUp())) {
                    CanonicalKey name = names.get(i++);
                    if (lookUp.first(keys.of(name.bytes())).isEmpty()) {
                        absent.add(name);
                    }
                }
            }
            return new Looked(i, absent, s.inFlight());
        });
        List<Suspect> aside = new ArrayList<>();
        List<Suspect> suspects = new ArrayList<>();
        for (CanonicalKey name : looked.absent()) {
            Suspect s = new Suspect(name, keys.of(name.bytes()));
            (looked.inFlight().holds(name) ? aside : suspects).add(s);
        }
        if (looked.upTo() > 0) {
            targetAfter = names.get(looked.upTo() - 1);
        }
        done = names.size() < TARGET_ROWS && looked.upTo() == names.size();
        return new RangeResult(0, looked.upTo(), 0, aside, suspects);
    }
}
