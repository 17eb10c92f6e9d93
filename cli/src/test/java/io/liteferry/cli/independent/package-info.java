/**
 * The judge of the whole-pipeline tests: a SQLite file and a PostgreSQL schema compared row by row. In: two JDBC URLs.
 * Out: differences in words. Shares no code with the product, so that a mistake of the product is not made twice.
 */
@NullMarked
package io.liteferry.cli.independent;

import org.jspecify.annotations.NullMarked;
