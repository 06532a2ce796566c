package dev.millrace.controlplane.shard;

import static dev.millrace.controlplane.shard.StartsAllowed.EVERYWHERE;
import static dev.millrace.controlplane.shard.StartsAllowed.NOWHERE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.controlplane.settings.Settings;
import dev.millrace.engine.Command;
import dev.millrace.engine.RunId;
import dev.millrace.engine.TenantId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Who waits, who is refused, and whose turn it is; all in one thread. */
class InboxTest {
    private static final int KILOBYTE = 1_024;

    private final Inbox inbox = inbox(1_000_000, 1L << 40);

    // ---- turns ----

    @Test
    void aTenantThatFloodsTheQueueDelaysAnotherByOneTurnAtMost() {
        for (int i = 0; i < 20_000; i++) {
            offer(inbox, tenant(1), KILOBYTE, true);
            offer(inbox, tenant(2), KILOBYTE, false);
        }
        var lone = offer(inbox, tenant(3), KILOBYTE, true);
        long before = 0;
        for (var next = take(); next != lone; next = take()) {
            before += next.bytes();
        }
        assertThat(before).isLessThanOrEqualTo(2 * Turns.QUANTUM);
    }

    @Test
    void whoAlwaysHasSomethingWaitingGetsTheSameBytesWhateverTheSizeOfHisCommands() {
        for (int i = 0; i < 10_000; i++) {
            offer(inbox, tenant(1), 300, true);
        }
        for (int i = 0; i < 100; i++) {
            offer(inbox, tenant(2), 70 * KILOBYTE, true);
        }
        Map<TenantId, Long> bytes = new HashMap<>();
        for (int i = 0; i < 4_000; i++) {
            var ask = take();
            bytes.merge(ask.tenant(), ask.bytes(), Long::sum);
        }
        long difference = Math.abs(bytes.get(tenant(1)) - bytes.get(tenant(2)));
        assertThat(difference).isLessThanOrEqualTo(70 * KILOBYTE + 2 * Turns.QUANTUM);
    }

    /** Shreedhar and Varghese, 1995: what two tenants who always have something waiting were served differs by no more than a constant. */
    @Test
    void noTenantWhoHasSomethingWaitingLagsAnotherByMoreThanAConstantHoweverUnequalTheirLoadIs() {
        for (long seed = 0; seed < 20; seed++) {
            var random = new java.util.Random(seed);
            var busy = inbox(1_000_000, 1L << 40);
            int tenants = 2 + random.nextInt(8);
            int[] largest = new int[tenants];
            int[] waiting = new int[tenants];
            for (int i = 0; i < tenants; i++) {
                largest[i] = 100 + random.nextInt(60 * KILOBYTE);
            }
            long[] served = new long[tenants];
            for (int turn = 0; turn < 3_000; turn++) {
                for (int i = 0; i < tenants; i++) {
                    // Each keeps something waiting, some of them a hundred times as much as others.
                    for (int want = i % 2 == 0 ? 200 : 2; waiting[i] < want; waiting[i]++) {
                        offer(busy, tenant(i), 1 + random.nextInt(largest[i]), random.nextInt(10) > 0);
                    }
                }
                var ask = busy.take(EVERYWHERE).orElseThrow();
                int who = (int) ask.tenant().value().getLeastSignificantBits();
                waiting[who]--;
                served[who] += ask.bytes();
                for (int i = 0; i < tenants; i++) {
                    assertThat(Math.abs(served[who] - served[i]))
                            .as("seed %d, turn %d, tenants %d and %d", seed, turn, who, i)
                            .isLessThanOrEqualTo(2 * Turns.QUANTUM + 2L * Math.max(largest[who], largest[i]));
                }
            }
        }
    }

    @Test
    void theCommandsOfOneTenantKeepTheirOrderAndWhatEndsWorkGoesBeforeWhatStartsIt() {
        var start = offer(inbox, tenant(1), 10, true);
        var first = offer(inbox, tenant(1), 10, false);
        var second = offer(inbox, tenant(1), 10, false);
        var laterStart = offer(inbox, tenant(1), 10, true);
        assertThat(List.of(take(), take(), take(), take())).containsExactly(first, second, start, laterStart);
        assertThat(inbox.take(EVERYWHERE)).isEmpty();
    }

    @Test
    void startsThatAreHeldBackHoldNobodyElseUp() {
        offer(inbox, tenant(1), 10, true);
        var start = offer(inbox, tenant(2), 10, true);
        var end = offer(inbox, tenant(2), 10, false);
        assertThat(inbox.take(NOWHERE)).containsSame(end);
        assertThat(inbox.take(NOWHERE)).isEmpty();
        assertThat(take().tenant()).isEqualTo(tenant(1));
        assertThat(inbox.take(EVERYWHERE)).containsSame(start);
        assertThat(inbox.size()).isZero();
    }

    @Test
    void aShardThatMayNotStartRunsHoldsUpNoOther() {
        for (int i = 0; i < 100; i++) {
            inbox.offer(start(tenant(1), 1));
        }
        var other = start(tenant(2), 2);
        inbox.offer(other);
        var notInOne = new StartsAllowed(false, shard -> shard != 1);
        var end = offer(inbox, tenant(1), 10, false);
        assertThat(List.of(
                        inbox.take(notInOne).orElseThrow(), inbox.take(notInOne).orElseThrow()))
                .containsExactlyInAnyOrder(other, end);
        assertThat(inbox.take(notInOne)).isEmpty();
        assertThat(inbox.size()).isEqualTo(100);
        assertThat(inbox.take(EVERYWHERE)).isPresent();
    }

    // ---- bounds ----

    @Test
    void aBatchThatIsLargerThanTheBoundIsTakenWhenNothingOfItsTenantWaits() {
        var small = inbox(10, 100 * KILOBYTE);
        assertThat(small.offer(ask(tenant(1), 500 * KILOBYTE, true))).isEmpty();
        assertThat(small.offer(ask(tenant(1), 10, true)))
                .hasValueSatisfying(reason -> assertThat(reason).contains("102,400 bytes"));
        small.take(EVERYWHERE);
        assertThat(small.offer(ask(tenant(1), 500 * KILOBYTE, true))).isEmpty();
    }

    @Test
    void aTenantThatFillsItsShareLeavesRoomForOthers() {
        var small = inbox(100, 1 << 20);
        int taken = 0;
        while (small.offer(ask(tenant(1), 10, true)).isEmpty()) {
            taken++;
        }
        assertThat(taken).isEqualTo(50);
        assertThat(small.offer(ask(tenant(1), 10, true)))
                .hasValueSatisfying(reason -> assertThat(reason)
                        .startsWith("50 commands and 500 bytes of your tenant wait")
                        .contains("one tenant may have 50 commands and 524,288 bytes"));
        assertThat(small.offer(ask(tenant(2), 10, true))).isEmpty();
    }

    @Test
    void aShareIsMeasuredInBytesToo() {
        var small = inbox(1_000, 100 * KILOBYTE);
        assertThat(small.offer(ask(tenant(1), 30 * KILOBYTE, true))).isEmpty();
        assertThat(small.offer(ask(tenant(1), 30 * KILOBYTE, true))).isPresent();
        assertThat(small.offer(ask(tenant(2), 30 * KILOBYTE, true))).isEmpty();
        small.take(EVERYWHERE);
        assertThat(small.offer(ask(tenant(1), 30 * KILOBYTE, true))).isEmpty();
    }

    @Test
    void whatTellsOfWorkThatIsDoneIsAlwaysTaken() {
        var small = inbox(2, KILOBYTE);
        while (small.offer(ask(tenant(1), 10, true)).isEmpty()) {
            assertThat(small.size()).isLessThan(10);
        }
        for (int i = 0; i < 100; i++) {
            assertThat(small.offer(ask(tenant(1), KILOBYTE, false))).isEmpty();
        }
        assertThat(small.offer(ask(tenant(2), 10, true)))
                .as("full for everybody")
                .hasValueSatisfying(reason -> assertThat(reason).contains("there is room for 2 commands"));
    }

    @Test
    void everyCommandIsTakenOnceHoweverTheyAreMixed() {
        var random = new java.util.Random(7);
        List<Message.Ask> offered = new ArrayList<>();
        List<Message.Ask> taken = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            if (random.nextInt(3) > 0) {
                offered.add(offer(
                        inbox, tenant(random.nextInt(9)), 1 + random.nextInt(50 * KILOBYTE), random.nextBoolean()));
            } else {
                inbox.take(random.nextBoolean() ? EVERYWHERE : NOWHERE).ifPresent(taken::add);
            }
        }
        for (var next = inbox.take(EVERYWHERE); next.isPresent(); next = inbox.take(EVERYWHERE)) {
            taken.add(next.get());
        }
        assertThat(taken).containsExactlyInAnyOrderElementsOf(offered);
        assertThat(inbox.size()).isZero();
        assertThat(inbox.offer(ask(tenant(1), 1L << 39, true)))
                .as("nothing of the tenant is counted any more")
                .isEmpty();
    }

    // ----

    private Message.Ask take() {
        return inbox.take(EVERYWHERE).orElseThrow();
    }

    private static Message.Ask offer(Inbox inbox, TenantId tenant, long bytes, boolean start) {
        var ask = ask(tenant, bytes, start);
        assertThat(inbox.offer(ask)).isEmpty();
        return ask;
    }

    private static Message.Ask ask(TenantId tenant, long bytes, boolean start) {
        Command command = start
                ? new Command.StartRuns(0, tenant, UUID.randomUUID(), false, List.of())
                : new Command.CancelRun(0, tenant, new RunId(UUID.randomUUID()), "");
        return new Message.Ask(0, tenant, command, OptionalLong.empty(), bytes);
    }

    private static Message.Ask start(TenantId tenant, int shard) {
        return new Message.Ask(
                shard,
                tenant,
                new Command.StartRuns(0, tenant, UUID.randomUUID(), false, List.of()),
                OptionalLong.empty(),
                100);
    }

    private static TenantId tenant(int number) {
        return new TenantId(new UUID(0, number));
    }

    private static Inbox inbox(int count, long bytes) {
        return new Inbox(new Settings.Engine(Duration.ofSeconds(4), Duration.ofSeconds(1), count, bytes, 50, 1 << 20));
    }
}
