package io.liteferry.validator.verdict;

/**
 * One condition of readiness.
 *
 * @param name stable
 * @param value what was measured, in words with its unit
 * @param limit what it must be
 * @param help the command that helps where it is not ok
 */
record Check(String name, boolean ok, String value, String limit, String help) {}
