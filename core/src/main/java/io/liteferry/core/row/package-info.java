/**
 * Row values as SQLite stores them: five storage classes, text as the bytes that were read. The packed form is what
 * travels in keys and values of the topics; golden bytes hold it.
 */
@NullMarked
package io.liteferry.core.row;

import org.jspecify.annotations.NullMarked;
