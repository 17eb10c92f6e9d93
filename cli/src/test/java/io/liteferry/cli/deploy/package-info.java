/** Holds the files in {@code deploy/} and {@code docker-compose.yml} against the code: names, ports, options, metrics. */
@NullMarked
package io.liteferry.cli.deploy;

import org.jspecify.annotations.NullMarked;
