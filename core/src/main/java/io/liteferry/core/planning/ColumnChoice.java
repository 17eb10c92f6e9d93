package io.liteferry.core.planning;

import io.liteferry.core.plan.Encoding;
import io.liteferry.core.plan.TargetType.Kind;
import io.liteferry.core.planning.DeclaredType.Affinity;
import io.liteferry.core.planning.DeclaredType.Meaning;
import io.liteferry.core.preflight.Finding;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The type of one column and why.
 *
 * @param why one line for the migration file
 */
record ColumnChoice(Meaning meaning, String why, List<Finding> findings) {
    static final Meaning EXACT = Meaning.of(Kind.BYTEA, Encoding.EXACT);

    /** Types under which two different keys stay different: not ISO text, of which several mean the same moment. */
    private static final Set<Kind> KEY_KINDS = EnumSet.of(
            Kind.BIGINT, Kind.NUMERIC, Kind.DOUBLE, Kind.TEXT, Kind.VARCHAR, Kind.BYTEA, Kind.UUID, Kind.DATE);

    static ColumnChoice of(String table, ColumnProfile profile, boolean key) {
        List<ColumnProfile.Candidate> possible = profile.candidates().stream()
                .filter(c -> !key || fitsKey(c.meaning()))
                .toList();
        ColumnProfile.Candidate first = possible.get(0);
        Optional<ColumnProfile.Candidate> fits =
                possible.stream().filter(c -> c.misfits() == 0).findFirst();
        if (fits.isPresent()) {
            return fitting(table, profile, fits.get());
        }
        String subject = table + "." + profile.column().name();
        if (key || profile.declared().affinity() == Affinity.NONE) {
            return exact(subject, profile, first, key);
        }
        ColumnProfile.Candidate best = possible.stream()
                .min(Comparator.comparingLong(ColumnProfile.Candidate::misfits))
                .orElse(first);
        return new ColumnChoice(
                best.meaning(),
                profile.describe() + "; " + best.misfitText() + " "
                        + best.meaning().type() + ": quarantine",
                List.of(Finding.warning(
                        "PLAN-QUARANTINE",
                        subject,
                        profile.describe() + ": no PostgreSQL type holds every value; as "
                                + best.meaning().type() + ", " + best.misfitText()
                                + " and the row would be put in quarantine",
                        "Correct these rows in the application, or set type: bytea, encoding: exact")));
    }

    private static boolean fitsKey(Meaning m) {
        return KEY_KINDS.contains(m.type().kind()) || m.encoding() == Encoding.ZERO_ONE;
    }

    private static ColumnChoice fitting(String table, ColumnProfile profile, ColumnProfile.Candidate chosen) {
        String subject = table + "." + profile.column().name();
        List<Finding> findings = new ArrayList<>();
        String why = profile.describe();
        // A declared length or precision is given up only for values that break it.
        Optional<ColumnProfile.Candidate> broken = profile.candidates().stream()
                .limit(profile.declared().meant().size())
                .takeWhile(c -> c != chosen)
                .filter(c -> c.misfits() > 0)
                .min(Comparator.comparingLong(ColumnProfile.Candidate::misfits));
        boolean asDeclared = profile.declared().meant().stream()
                .anyMatch(m -> m.type().kind() == chosen.meaning().type().kind());
        if (broken.isPresent() && profile.values() > 0) {
            ColumnProfile.Candidate b = broken.get();
            boolean other = !asDeclared
                    || b.meaning().type().kind() == chosen.meaning().type().kind();
            boolean all = b.misfits() >= profile.values();
            if (other || !all) {
                why += "; not " + b.meaning().type() + ": " + (all ? "no value fits" : b.misfitText());
            }
            if (!asDeclared) {
                findings.add(Finding.warning(
                        "PLAN-TYPE-DIFFERS",
                        subject,
                        profile.describe() + ", but its values are not: as "
                                + b.meaning().type() + ", " + b.misfitText() + "; planned as "
                                + chosen.meaning().type(),
                        "Check that " + chosen.meaning().type() + " is what the application expects"));
            }
        }
        if (profile.looksLikeMoney() && chosen.meaning().type().kind() == Kind.DOUBLE) {
            findings.add(Finding.info(
                    "PLAN-REAL-MONEY",
                    subject,
                    "declared " + profile.column().declaredType()
                            + ", and no value has more than two decimals; planned as double precision, as declared",
                    "For amounts of money set type: numeric(15,2); every value fits it"));
        }
        return new ColumnChoice(chosen.meaning(), why, findings);
    }

    private static ColumnChoice exact(
            String subject, ColumnProfile profile, ColumnProfile.Candidate first, boolean key) {
        return new ColumnChoice(
                EXACT,
                profile.describe() + "; every value exactly, with its class, as bytes",
                List.of(Finding.warning(
                        key ? "PLAN-KEY-EXACT" : "PLAN-MIXED-CLASSES",
                        subject,
                        profile.describe() + ": no PostgreSQL type holds every value; as "
                                + first.meaning().type() + ", " + first.misfitText()
                                + "; planned as bytea, one class byte and the value",
                        "Make the column hold one class of value in the application, or keep it so")));
    }
}
