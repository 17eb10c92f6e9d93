package io.liteferry.validator.compare;

import java.util.List;

/**
 * What one range gave.
 *
 * @param sourceRows rows read in the source
 * @param targetRows rows read in the target
 * @param equal rows that are the same on both sides
 * @param inFlight rows set aside because the change log names them
 * @param suspects rows that differ
 */
record RangeResult(long sourceRows, long targetRows, long equal, List<Suspect> inFlight, List<Suspect> suspects) {}
