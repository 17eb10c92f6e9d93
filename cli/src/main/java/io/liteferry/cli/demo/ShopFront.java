package io.liteferry.cli.demo;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * The shop's order desk: writers that place orders, move them on and cancel them, on the database that the hook of a cutover
 * has named, and a ledger of every write that was acknowledged.
 */
public final class ShopFront implements AutoCloseable {
    private final List<ShopOrders> desks;
    private final MovingLoad load;

    /** @param transactionsPerSecond of all writers together */
    public ShopFront(Side sqlite, Side postgres, int writers, int transactionsPerSecond, long seed) {
        desks = IntStream.range(0, writers)
                .mapToObj(i -> new ShopOrders("F" + i, seed + i))
                .toList();
        load = new MovingLoad(sqlite, postgres, transactionsPerSecond, desks);
    }

    /** What goes on, and where. */
    public MovingLoad load() {
        return load;
    }

    /**
     * Holds the ledger against what stands in the database it writes to; call after the load has stopped.
     *
     * @return what differs: acknowledged and not there, or there and never acknowledged; empty where nothing does
     */
    public List<String> audit() throws SQLException {
        Map<String, String> acknowledged = new TreeMap<>();
        desks.forEach(d -> acknowledged.putAll(d.ledger()));
        Side side = load.writesTo();
        Map<String, String> there = ShopOrders.standing(side);
        List<String> differences = new ArrayList<>();
        acknowledged.forEach((number, status) -> {
            String found = there.get(number);
            if (!status.equals(found)) {
                differences.add(number + ": acknowledged " + status + ", in " + side.name() + " "
                        + (found == null ? "missing" : found));
            }
        });
        there.forEach((number, status) -> {
            if (!acknowledged.containsKey(number)) {
                differences.add(number + ": in " + side.name() + " " + status + ", never acknowledged or deleted");
            }
        });
        return differences;
    }

    @Override
    public void close() {
        load.close();
    }
}
