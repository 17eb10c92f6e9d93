package io.liteferry.validator;

import io.liteferry.core.LiteferryException;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work on many sources, one source a step, so that connections are open for one only. A source that cannot be read waits
 * for its next turn; its health check says why.
 */
final class Turns implements Loop.Work {
    private static final Logger LOG = LoggerFactory.getLogger(Turns.class);
    private static final long SHORTEST_PAUSE_MILLIS = 20;

    private final List<SourceValidator> sources;
    private final String check;
    private final Function<SourceValidator, Loop.Work> open;
    private int turn;

    /** @param check name of the health check of each source */
    Turns(List<SourceValidator> sources, String check, Function<SourceValidator, Loop.Work> open) {
        this.sources = sources;
        this.check = check;
        this.open = open;
    }

    /** @return a share of the pause that one source alone would make */
    @Override
    public long step() {
        SourceValidator source = sources.get(turn);
        turn = (turn + 1) % sources.size();
        long pause = 0;
        try (Loop.Work work = open.apply(source)) {
            pause = work.step();
            source.health().ok(check);
        } catch (LiteferryException e) {
            source.health().failing(check, String.valueOf(e.getMessage()));
            LOG.atDebug()
                    .addKeyValue("source", source.name())
                    .addKeyValue("check", check)
                    .addKeyValue("error", String.valueOf(e.getMessage()))
                    .log("the source cannot be validated for now");
        }
        return Math.max(SHORTEST_PAUSE_MILLIS, pause / sources.size());
    }

    @Override
    public void close() {}
}
