package dev.millrace.engine.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.engine.Fact;
import dev.millrace.engine.Journal;
import dev.millrace.engine.Journal.Entry;
import dev.millrace.engine.Journal.FencedException;
import dev.millrace.engine.Journal.JournalException;
import dev.millrace.engine.KeyEntry;
import dev.millrace.engine.Snapshots;
import dev.millrace.engine.StartOutcome;
import dev.millrace.engine.UniqueKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What every {@link Journal} keeps. Every test begins with an empty store that has the shards 0 to 3. */
public abstract class JournalContract {
    private static final UUID ALICE = new UUID(0, 1);
    private static final UUID BOB = new UUID(0, 2);

    /** The journal under test; the same one for a whole test. */
    protected abstract Journal journal();

    /** Snapshots over the same store. */
    protected abstract Snapshots snapshots();

    /** Makes the current owner of a shard look dead, so that another need not wait for its lease. */
    protected abstract void expire(int shard);

    @Test
    void aNewShardIsEmpty() {
        assertThat(journal().open(0, ALICE).lastSeq()).isZero();
        assertThat(read(0, 0)).isEmpty();
    }

    @Test
    void everyFactIsReadAsItWasStored() {
        long epoch = journal().open(0, ALICE).epoch();
        journal().append(List.of(new Entry(0, epoch, 1, Examples.facts())));
        assertThat(read(0, 0)).containsExactly(new Entry(0, epoch, 1, Examples.facts()));
    }

    @Test
    void everyKindOfFactHasAnExample() {
        assertThat(leaves(Fact.class))
                .allSatisfy(kind -> assertThat(Examples.facts()).hasAtLeastOneElementOfType(kind));
    }

    private static List<Class<?>> leaves(Class<?> type) {
        if (!type.isSealed()) {
            return type.isRecord() ? List.of(type) : List.of();
        }
        var leaves = new ArrayList<Class<?>>();
        for (var sub : type.getPermittedSubclasses()) {
            leaves.addAll(leaves(sub));
        }
        return leaves;
    }

    @Test
    void batchesAreReadInOrderFromAnyPosition() {
        long epoch = journal().open(0, ALICE).epoch();
        for (int seq = 1; seq <= 5; seq++) {
            journal().append(List.of(entry(0, epoch, seq)));
        }
        assertThat(read(0, 0)).extracting(Entry::seq).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(read(0, 3)).extracting(Entry::seq).containsExactly(4L, 5L);
        assertThat(read(0, 5)).isEmpty();
    }

    @Test
    void aLargeBatchIsStoredWhole() {
        long epoch = journal().open(0, ALICE).epoch();
        var facts = new ArrayList<Fact>();
        for (int i = 0; i < 500; i++) {
            facts.addAll(Examples.facts());
        }
        journal()
                .append(List.of(
                        new Entry(0, epoch, 1, facts),
                        entry(1, journal().open(1, ALICE).epoch(), 1)));
        assertThat(read(0, 0))
                .singleElement()
                .satisfies(entry -> assertThat(entry.facts()).isEqualTo(facts));
        assertThat(read(1, 0)).hasSize(1);
    }

    @Test
    void shardsDoNotSeeEachOther() {
        long first = journal().open(0, ALICE).epoch();
        long second = journal().open(1, ALICE).epoch();
        journal().append(List.of(entry(0, first, 1), entry(1, second, 1)));
        journal().append(List.of(entry(1, second, 2)));
        assertThat(read(0, 0)).extracting(Entry::seq).containsExactly(1L);
        assertThat(read(1, 0)).extracting(Entry::seq).containsExactly(1L, 2L);
    }

    @Test
    void aNewOwnerFindsWhatWasStoredAndGoesOn() {
        long alice = journal().open(0, ALICE).epoch();
        journal().append(List.of(entry(0, alice, 1)));
        expire(0);
        var opened = journal().open(0, BOB);
        assertThat(opened.epoch()).isGreaterThan(alice);
        assertThat(opened.lastSeq()).isEqualTo(1);
        journal().append(List.of(entry(0, opened.epoch(), 2)));
        assertThat(read(0, 0)).extracting(Entry::seq).containsExactly(1L, 2L);
    }

    @Test
    void aFormerOwnerStoresNothing() {
        long alice = journal().open(0, ALICE).epoch();
        long other = journal().open(1, ALICE).epoch();
        expire(0);
        journal().open(0, BOB);
        assertThatThrownBy(() -> journal().append(List.of(entry(1, other, 1), entry(0, alice, 1))))
                .isInstanceOfSatisfying(
                        FencedException.class,
                        fenced -> assertThat(fenced.shard()).isZero());
        assertThat(read(0, 0)).isEmpty();
        assertThat(read(1, 0)).as("all or none").isEmpty();
    }

    @Test
    void aReleasedShardIsOpenForTheNextOwnerAtOnce() {
        long alice = journal().open(0, ALICE).epoch();
        journal().append(List.of(entry(0, alice, 1)));
        journal().release(0, alice);
        var bob = journal().open(0, BOB);
        assertThat(bob.epoch()).isGreaterThan(alice);
        assertThat(bob.lastSeq()).isEqualTo(1);
        assertThatThrownBy(() -> journal().append(List.of(entry(0, alice, 2)))).isInstanceOf(FencedException.class);
    }

    @Test
    void theSameOwnerMayOpenAgainAndIsFencedFromItsOwnPast() {
        long before = journal().open(0, ALICE).epoch();
        var again = journal().open(0, ALICE);
        assertThat(again.epoch()).isGreaterThan(before);
        assertThatThrownBy(() -> journal().append(List.of(entry(0, before, 1)))).isInstanceOf(FencedException.class);
        journal().append(List.of(entry(0, again.epoch(), 1)));
    }

    @Test
    void aBatchOutOfOrderStoresNothing() {
        long epoch = journal().open(0, ALICE).epoch();
        journal().append(List.of(entry(0, epoch, 1)));
        assertThatThrownBy(() -> journal().append(List.of(entry(0, epoch, 1)))).isInstanceOf(JournalException.class);
        assertThatThrownBy(() -> journal().append(List.of(entry(0, epoch, 3)))).isInstanceOf(JournalException.class);
        assertThat(read(0, 0)).extracting(Entry::seq).containsExactly(1L);
    }

    @Test
    void keysAreStoredWithTheirBatch() {
        long epoch = journal().open(0, ALICE).epoch();
        var claim = Examples.claim(Examples.TENANT, "request", "r-1", Examples.run(1));
        var elsewhere = Examples.claim(Examples.OTHER_TENANT, "request", "r-1", Examples.run(2));
        journal().append(List.of(new Entry(0, epoch, 1, List.of(claim, elsewhere))));
        var unknown = new UniqueKey(Examples.TENANT, "start:orders", "r-1");
        assertThat(snapshots().keys(List.of(claim.entry().key(), unknown))).containsExactly(claim.entry());
        assertThat(snapshots().keys(List.of(elsewhere.entry().key()))).containsExactly(elsewhere.entry());
        assertThat(snapshots().keys(List.of())).isEmpty();
    }

    @Test
    void theFirstClaimOfAKeyStays() {
        long epoch = journal().open(0, ALICE).epoch();
        var first = Examples.claim(Examples.TENANT, "request", "r-1", Examples.run(1));
        var second = Examples.claim(Examples.TENANT, "request", "r-1", Examples.run(2));
        journal().append(List.of(new Entry(0, epoch, 1, List.of(first))));
        journal().append(List.of(new Entry(0, epoch, 2, List.of(second))));
        assertThat(snapshots().keys(List.of(first.entry().key()))).containsExactly(first.entry());
    }

    @Test
    void aLaterClaimOfAKeyTakesThePlaceOfTheOneBefore() {
        long epoch = journal().open(0, ALICE).epoch();
        var key = new UniqueKey(Examples.TENANT, UniqueKey.startScope("orders"), "k");
        var free = Examples.AT.plusSeconds(60);
        var first = claim(key, 1, 1, free, false);
        var second = claim(key, 2, 2, Instant.MAX, true);
        var third = claim(key, 3, 3, Instant.MAX, false);
        journal().append(List.of(new Entry(0, epoch, 1, List.of(first))));
        assertThat(snapshots().keys(List.of(key))).containsExactly(first.entry());
        journal().append(List.of(new Entry(0, epoch, 2, List.of(second))));
        // There is no such run any more, so the key is free.
        assertThat(snapshots().keys(List.of(key)))
                .containsExactly(second.entry().freeSince(second.entry().at()));
        journal().append(List.of(new Entry(0, epoch, 3, List.of(second, third))));
        assertThat(snapshots().keys(List.of(key))).containsExactly(third.entry());
        journal().append(List.of(new Entry(0, epoch, 4, List.of(first))));
        assertThat(snapshots().keys(List.of(key))).containsExactly(third.entry());
        assertThat(read(0, 0)).extracting(Entry::facts).contains(List.of(first), List.of(second, third));
    }

    private static Fact.KeyClaimed claim(UniqueKey key, int run, int claim, Instant until, boolean untilEnded) {
        var outcomes = List.<StartOutcome>of(new StartOutcome.Started(Examples.run(run), false));
        return new Fact.KeyClaimed(
                key.tenant(),
                Examples.AT,
                new KeyEntry(key, outcomes, "digest", Examples.AT, claim, until, untilEnded));
    }

    @Test
    void aFencedBatchClaimsNoKey() {
        long epoch = journal().open(0, ALICE).epoch();
        expire(0);
        journal().open(0, BOB);
        var claim = Examples.claim(Examples.TENANT, "request", "r-1", Examples.run(1));
        assertThatThrownBy(() -> journal().append(List.of(new Entry(0, epoch, 1, List.of(claim)))))
                .isInstanceOf(FencedException.class);
        assertThat(snapshots().keys(List.of(claim.entry().key()))).isEmpty();
    }

    private List<Entry> read(int shard, long afterSeq) {
        var entries = new ArrayList<Entry>();
        journal().read(shard, afterSeq, entries::add);
        return entries;
    }

    private static Entry entry(int shard, long epoch, long seq) {
        return new Entry(
                shard,
                epoch,
                seq,
                List.of(new Fact.RunCancelRequested(
                        Examples.TENANT, Examples.AT, Examples.run((int) seq), "s" + shard)));
    }
}
