package dev.claudebench.model;

import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.NullMarked;

/** The numbers that fence, over a whole history and all that was rolled back: none is issued twice, and a term has one leader. */
@NullMarked
final class FleetNumbers {
    private final Map<Long, String> leaders = new HashMap<>();
    private long greatestTerm;
    private long greatestVersion;
    private long greatestClaim;

    /** Looks at what was issued between two moments. */
    void check(FleetSnapshot before, FleetSnapshot after) {
        for (FleetSnapshot.Event event : after.events()) {
            if (event.type().equals("leader.elected")) {
                long term = event.payload().path("term").longValue();
                require(term > greatestTerm, "term " + term + " follows " + greatestTerm);
                greatestTerm = term;
                leaders.put(term, event.payload().path("id").asText());
            }
            if (event.type().equals("task.claimed")) {
                long claim = event.payload().path("claim").longValue();
                require(claim > greatestClaim, "claim " + claim + " follows " + greatestClaim);
                greatestClaim = claim;
            }
        }
        String leader = after.text("leader:current");
        require(leader.isEmpty() || leader.equals(leaders.get(after.term())),
                leader + " leads but was not elected for term " + after.term());
        if (after.version() != before.version()) {
            require(after.version() > greatestVersion, "version " + after.version() + " follows " + greatestVersion);
            greatestVersion = after.version();
        }
    }

    /** The greatest number that was ever issued. */
    long greatest() {
        return Math.max(Math.max(greatestTerm, greatestVersion), greatestClaim);
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new AssertionError(message);
        }
    }
}
