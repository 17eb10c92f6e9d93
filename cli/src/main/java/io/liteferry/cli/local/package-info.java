/**
 * What runs in this process: embedded servers where none are configured, the services, and the files beside the
 * migration file that let another process find them.
 */
@NullMarked
package io.liteferry.cli.local;

import org.jspecify.annotations.NullMarked;
