package dev.millrace.controlplane.shard;

import dev.millrace.engine.TenantId;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;

/**
 * Whose command is next: deficit round robin between tenants (Shreedhar and Varghese, 1995). Whoever's turn it is may spend {@link
 * #QUANTUM} bytes and what he saved before; who cannot pay for his next command saves, and goes to the end of the line. So of
 * tenants who always have something waiting each gets the same bytes, and who seldom sends waits for one turn of each of the
 * others, however much they have sent. Of one tenant, what ends work goes before what starts it. For one thread.
 */
final class Turns {
    /** Some dozens of small commands: enough to be worth the turn, little enough to wait for. */
    static final long QUANTUM = 16 << 10;

    private final Map<TenantId, Line> lines = new HashMap<>();
    /** Those who have something waiting, who is next first. */
    private final Set<Line> all = new LinkedHashSet<>();
    /** Those of whom something waits that is no start. */
    private final Set<Line> ending = new LinkedHashSet<>();

    /** What waits of one tenant. */
    private static final class Line {
        private final TenantId tenant;
        private final Queue<Message.Ask> rest = new ArrayDeque<>();
        private final Queue<Message.Ask> starts = new ArrayDeque<>();
        private long saved = QUANTUM;

        private Line(TenantId tenant) {
            this.tenant = tenant;
        }

        /** What may be taken; empty when that is nothing. */
        private Queue<Message.Ask> next(StartsAllowed allowed) {
            // A tenant lives in one shard, so what holds for the first start holds for all.
            return rest.isEmpty()
                            && !starts.isEmpty()
                            && allowed.in(starts.element().shard())
                    ? starts
                    : rest;
        }
    }

    void add(Message.Ask ask) {
        var line = lines.computeIfAbsent(ask.tenant(), Line::new);
        all.add(line);
        if (ask.isStart()) {
            line.starts.add(ask);
        } else {
            line.rest.add(ask);
            ending.add(line);
        }
    }

    boolean isEmpty(StartsAllowed starts) {
        return starts.nowhere()
                ? ending.isEmpty()
                : all.stream().allMatch(line -> line.next(starts).isEmpty());
    }

    /** The next command, which waits no more. */
    Optional<Message.Ask> take(StartsAllowed starts) {
        var ring = starts.nowhere() ? ending : all;
        // Who has nothing that may be taken is passed over; when everybody was, there is nothing.
        for (int passedOver = 0; passedOver < ring.size(); ) {
            var line = ring.iterator().next();
            var queue = line.next(starts);
            if (queue.isEmpty()) {
                passedOver++;
            } else {
                passedOver = 0;
                long price = queue.element().bytes();
                // Who is alone has nobody to be fair to.
                if (price <= line.saved || ring.size() == 1) {
                    line.saved = Math.max(0, line.saved - price);
                    return Optional.of(taken(line, queue));
                }
                line.saved += QUANTUM;
            }
            ring.remove(line);
            ring.add(line);
        }
        return Optional.empty();
    }

    private Message.Ask taken(Line line, Queue<Message.Ask> queue) {
        var ask = queue.remove();
        if (line.rest.isEmpty()) {
            ending.remove(line);
            if (line.starts.isEmpty()) {
                // Nothing is saved while nothing waits.
                all.remove(line);
                lines.remove(line.tenant);
            }
        }
        return ask;
    }
}
