package dev.millrace.controlplane.shard;

import dev.millrace.engine.RunId;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.TenantId;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The images of runs that ended lately and are stored, without their histories. The core forgets a run as soon as its image is
 * stored, but a client that starts a run and then asks for its end often comes just after that; it must not cost a query. Bounded
 * by the number of images and by about how many bytes they hold. Safe for use by several threads.
 */
final class EndedRuns {
    // What an image and a task hold beside their values; counted generously.
    private static final int IMAGE_BYTES = 600;
    private static final int TASK_BYTES = 250;

    private final int mostRuns;
    private final long mostBytes;
    private final Map<RunId, RunImage> images = new LinkedHashMap<>();
    private final Set<RunId> replayed = new LinkedHashSet<>();
    private long bytes;

    EndedRuns(int mostRuns, long mostBytes) {
        this.mostRuns = mostRuns;
        this.mostBytes = mostBytes;
    }

    /** The image of a run, if it ended lately. */
    synchronized Optional<RunImage> find(TenantId tenant, RunId run) {
        return Optional.ofNullable(images.get(run))
                .filter(image -> image.tenant().equals(tenant));
    }

    /**
     * A run is about to be replayed: it is not answered from here any more, nor kept again, because the image of a former generation
     * may still be on its way.
     */
    synchronized void replayed(RunId run) {
        subtract(images.remove(run));
        replayed.add(run);
        if (replayed.size() > mostRuns) {
            replayed.remove(replayed.iterator().next());
        }
    }

    /** These images are stored. A run that goes on again has not ended. */
    synchronized void stored(List<RunImage> stored) {
        for (var image : stored) {
            if (image.state().isFinal() && !replayed.contains(image.run())) {
                var kept = image.withHistory(List.of());
                bytes += weight(kept);
                subtract(images.put(image.run(), kept));
            } else if (!image.isNew()) {
                subtract(images.remove(image.run()));
            }
        }
        var oldest = images.values().iterator();
        while ((images.size() > mostRuns || bytes > mostBytes) && oldest.hasNext()) {
            bytes -= weight(oldest.next());
            oldest.remove();
        }
    }

    /** @param before null for none */
    private void subtract(RunImage before) {
        if (before != null) {
            bytes -= weight(before);
        }
    }

    private static long weight(RunImage image) {
        long bytes = IMAGE_BYTES + image.input().data().length;
        for (var task : image.tasks()) {
            bytes += TASK_BYTES + task.result().data().length;
        }
        for (var entry : image.metadata().entrySet()) {
            bytes += entry.getKey().length() + entry.getValue().length();
        }
        return bytes;
    }
}
