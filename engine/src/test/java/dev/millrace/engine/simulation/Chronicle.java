package dev.millrace.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.Batch;
import dev.millrace.engine.Fact;
import dev.millrace.engine.KeyEntry;
import dev.millrace.engine.RunId;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.RunImage.Transition;
import dev.millrace.engine.Shard;
import dev.millrace.engine.ShardSettings;
import dev.millrace.engine.Snapshots;
import dev.millrace.engine.UniqueKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Folds all that is stored of a shard from its first fact on, in one memory that never crashes, never changes its owner and puts nothing
 * out, and holds what is stored of every run against it, at every pass of a projector: its history, transition by transition, and its
 * state. Nothing may be missing there, and nothing may be told that did not happen. What each history must have by the facts alone is
 * {@link Tale}'s.
 *
 * <p>One thing follows from time alone: a task that backs off queues when its time has come, before anything is decided at that time or later.
 * Of a run that is out of memory it is known when it is read back; so what is stored may lack that at its end.
 */
final class Chronicle {
    private static final ShardSettings WITH_ROOM = new ShardSettings(
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            10_000_000,
            new ShardSettings.Residence(10_000_000, 1_000_000, 1_000, Duration.ofDays(100_000), 1L << 40));

    /** One shard. */
    private static final class Fold {
        final Shard core;
        /** Stored, and not folded yet, by batch. */
        final Map<Long, List<Fact>> ahead = new LinkedHashMap<>();

        long seq;
        final Map<RunId, List<Transition>> histories = new LinkedHashMap<>();
        final Map<RunId, RunImage> images = new LinkedHashMap<>();

        Fold(int number) {
            core = new Shard(number, WITH_ROOM);
        }
    }

    private final World world;
    private final Map<Integer, Fold> folds = new LinkedHashMap<>();
    private final Map<RunId, Tale> tales = new LinkedHashMap<>();

    Chronicle(World world) {
        this.world = world;
    }

    /** A batch has been stored. */
    void stored(int shard, long seq, List<Fact> facts) {
        fold(shard).ahead.put(seq, facts);
        for (var fact : facts) {
            if (fact instanceof Fact.OfRun ofRun) {
                tales.computeIfAbsent(ofRun.run(), Tale::new).stored(fact);
            }
        }
    }

    private Fold fold(int shard) {
        return folds.computeIfAbsent(shard, number -> {
            var fold = new Fold(number);
            world.definitions(number).forEach(version -> fold.core.handle(version, Instant.EPOCH, new Batch()));
            return fold;
        });
    }

    /** A pass has been stored: what it changed is what its facts say. */
    void projected(Snapshots.Projection pass, Snapshots snapshots) {
        var fold = fold(pass.shard());
        advance(fold, pass.toSeq(), pass.image().clock());
        for (var captured : pass.runs()) {
            var stored = snapshots.run(captured.tenant(), captured.run()).orElseThrow();
            same(fold, stored);
            assertThat(snapshots.generations(stored.tenant(), stored.run(), stored.generation()))
                    .as("each generation of run %s that ended is kept as it ended", stored.run())
                    .hasSize(stored.generation() - 1)
                    .allMatch(former -> former.state().isFinal());
        }
    }

    private static void advance(Fold fold, long seq, Instant clock) {
        while (fold.seq < seq) {
            fold.ahead.remove(++fold.seq).forEach(fold.core::replay);
        }
        fold.core.replay(timePasses(clock));
        for (var image : fold.core.capture()) {
            fold.histories
                    .computeIfAbsent(image.run(), any -> new ArrayList<>())
                    .addAll(image.history());
            fold.images.put(image.run(), image);
        }
        fold.core.projected();
    }

    /** A fact that concerns no run. */
    private static Fact timePasses(Instant clock) {
        var key = new UniqueKey(Tale.NOBODY, "chronicle", "time");
        return new Fact.KeyClaimed(Tale.NOBODY, clock, new KeyEntry(key, List.of(), "", clock));
    }

    private static void same(Fold fold, RunImage stored) {
        var told = stored.history();
        var happened = fold.histories.getOrDefault(stored.run(), List.of());
        assertThat(told)
                .as("nothing is told of run %s that did not happen", stored.run())
                .hasSizeLessThanOrEqualTo(happened.size());
        assertThat(told)
                .as("every transition is in the history of run %s, and no other", stored.run())
                .isEqualTo(happened.subList(0, told.size()));
        assertThat(happened.subList(told.size(), happened.size()))
                .as("nothing of what happened is missing in the history of run %s", stored.run())
                .allMatch(Chronicle::followsFromTime);
        if (told.size() == happened.size()) {
            assertThat(plain(stored))
                    .as("S9: what is stored of run %s is what its facts say", stored.run())
                    .isEqualTo(plain(fold.images.get(stored.run())));
        }
    }

    private static boolean followsFromTime(Transition transition) {
        return transition.attempt() == 0
                && (transition.state().equals("QUEUED") || transition.state().equals("RUNNING"));
    }

    /** Without what depends on who has it in memory. */
    private static RunImage plain(RunImage image) {
        return image.stored(List.of()).withPassivity(Optional.empty());
    }

    /** At the end: every run that ever was is stored, with the whole of its history. */
    void check(Snapshots snapshots) {
        tales.forEach((run, tale) -> {
            var stored = snapshots.run(tale.tenant(), run);
            assertThat(stored).as("run %s is stored", run).isPresent();
            tale.check(stored.get());
            world.judge().waits().check(stored.get());
        });
    }
}
