package dev.millrace.worker.durable;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.Durable;
import dev.millrace.Pending;
import dev.millrace.StepContext;
import dev.millrace.TypeRef;
import dev.millrace.binding.ChildOptions;
import dev.millrace.binding.ChildStarter;
import dev.millrace.binding.StartedChild;
import dev.millrace.binding.WorkflowRef;
import dev.millrace.codec.JacksonCodec;
import dev.millrace.manifest.Defaults;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Durable code on threads of its own, as on a connected worker: the test is the control plane. */
class DurableAttemptTest {
    private static final String CHILD = "01900000-0000-7000-8000-000000000001";
    private static final TypeRef<String> TEXT = TypeRef.of(String.class);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<NewAction> told = new CopyOnWriteArrayList<>();
    private final List<String> read = new CopyOnWriteArrayList<>();
    private final List<String> done = new CopyOnWriteArrayList<>();
    private final List<StoredAction> before = new ArrayList<>();
    private volatile DurableAttempt attempt;
    private volatile boolean stores = true;
    private volatile Duration patience = Duration.ofMinutes(1);
    private int order;

    @AfterEach
    void end() {
        threads.shutdownNow();
    }

    /** Stores what is told at once, and ends no wait. */
    private final class Host implements DurableHost {
        @Override
        public void storeItems() {
            // nothing is emitted here
        }

        @Override
        public void tell(NewAction action) {
            told.add(action);
            if (stores) {
                threads.execute(() -> store(action));
            }
        }

        @Override
        public void read(String child) {
            read.add(child);
            threads.execute(() -> attempt.result(child, "\"read\"".getBytes(UTF_8), Optional.empty()));
        }

        @Override
        public void run(Runnable branch) {
            threads.execute(branch);
        }

        @Override
        public Instant now() {
            return Instant.parse("2026-11-21T10:00:00.123456789Z");
        }

        @Override
        public void pause(Duration duration) throws InterruptedException {
            TimeUnit.NANOSECONDS.sleep(duration.toNanos());
        }

        @Override
        public Watch watch(Duration limit) {
            return () -> false;
        }

        @Override
        public boolean waits() {
            return true;
        }

        @Override
        public Duration patience() {
            return patience;
        }
    }

    private synchronized void store(NewAction action) {
        boolean child = action.action().kind() == Action.Kind.CHILD;
        attempt.stored(action.number(), action.content().waits() ? 0 : ++order, child ? child(action) : "");
    }

    /** The first has the id {@link #CHILD}. */
    private static String child(NewAction action) {
        return CHILD.substring(0, CHILD.length() - 4)
                + String.format("%04d", action.action().place() + 1);
    }

    private <T> CompletableFuture<T> enter(Function<Durable, T> code) {
        var entered = new CompletableFuture<T>();
        threads.execute(() -> {
            var policy = new CallPolicy(0, Defaults.BACKOFF, Optional.empty(), List.of(), List.of());
            attempt = new DurableAttempt(
                    context(),
                    List.copyOf(before),
                    new Host(),
                    new JacksonCodec(),
                    (thrown, of) -> new Thrown(
                            new ActionFailure(thrown.getClass().getName(), "" + thrown.getMessage(), ""),
                            false,
                            Duration.ZERO),
                    policy,
                    Map.of("plan", policy));
            try {
                entered.complete(code.apply(attempt.durable()));
            } catch (Throwable e) {
                entered.completeExceptionally(e);
            }
        });
        return entered;
    }

    /** Only its step and its run are asked for. */
    private static StepContext context() {
        return (StepContext) Proxy.newProxyInstance(
                StepContext.class.getClassLoader(),
                new Class<?>[] {StepContext.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "element" -> java.util.OptionalInt.empty();
                    case "metadata" -> Map.of("inherited", "1");
                    default -> "work";
                });
    }

    private String call(Durable durable, String name) {
        return durable.call(name, String.class, () -> {
            done.add(name);
            return name;
        });
    }

    private static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(20, TimeUnit.SECONDS);
    }

    private static String text(CompletableFuture<String> future) throws Exception {
        return get(future);
    }

    private static int number(CompletableFuture<Integer> future) throws Exception {
        return get(future);
    }

    private void awaitTold(int count) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (told.size() < count) {
            assertThat(System.nanoTime()).as("only %s was told", told).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private static StoredAction stored(String name, int place, int order, String json) {
        return new StoredAction(
                new Action(name, 1, place, Action.Kind.CALL, ""),
                StoredAction.State.DONE,
                order,
                json.getBytes(StandardCharsets.UTF_8),
                Optional.empty());
    }

    private StoredAction slept(NewAction sleep) {
        return new StoredAction(sleep.action(), StoredAction.State.DONE, ++order, new byte[0], Optional.empty());
    }

    @Test
    void aResultIsGivenToTheCodeOnlyOnceItIsStored() throws Exception {
        stores = false;
        var entered = enter(durable -> call(durable, "plan"));
        awaitTold(1);
        assertThat(entered).isNotDone();
        store(told.get(0));
        assertThat(text(entered)).isEqualTo("plan");
    }

    @Test
    void whatIsStoredIsNotDoneAgain() throws Exception {
        before.add(stored("plan", 0, 1, "\"before\""));
        assertThat(text(enter(durable -> call(durable, "plan") + call(durable, "write"))))
                .isEqualTo("beforewrite");
        assertThat(done).containsExactly("write");
    }

    @Test
    void timeAndChanceAreStoredBeforeAnythingIsDoneWithThem() throws Exception {
        stores = false;
        var entered = enter(durable -> durable.uuid() + " " + durable.now() + " " + call(durable, "plan"));
        awaitTold(2);
        assertThat(done).isEmpty();
        told.forEach(this::store);
        awaitTold(3);
        assertThat(done).containsExactly("plan");
        store(told.get(2));
        assertThat(text(entered)).endsWith(" 2026-11-21T10:00:00.123456Z plan");
    }

    @Test
    void codeThatWaitsStaysForAWhileAndIsToldWhenTheTimeHasCome() throws Exception {
        var entered = enter(durable -> {
            durable.sleep(Duration.ofSeconds(1));
            return call(durable, "write");
        });
        awaitTold(1);
        attempt.settled(slept(told.get(0)));
        assertThat(text(entered)).isEqualTo("write");
        assertThat(attempt.left()).isEmpty();
    }

    @Test
    void codeThatWaitsForLongLeavesAndNobodyCanKeepIt() throws Exception {
        var entered = enter(durable -> {
            call(durable, "plan");
            try {
                durable.sleep(Duration.ofDays(1));
            } catch (Exception e) {
                return "handled";
            }
            return "slept";
        });
        assertThatThrownBy(() -> get(entered)).hasRootCauseInstanceOf(Unwinding.class);
        assertThat(attempt.left()).hasValue(1);
    }

    @Test
    void codeDoesNotLeaveBeforeItsWaitIsStored() throws Exception {
        patience = Duration.ZERO;
        stores = false;
        var entered = enter(durable -> {
            durable.sleep(Duration.ofDays(1));
            return "slept";
        });
        awaitTold(1);
        assertThat(attempt.left()).isEmpty();
        store(told.get(0));
        assertThatThrownBy(() -> get(entered)).hasRootCauseInstanceOf(Unwinding.class);
        assertThat(attempt.left()).hasValue(0);
    }

    @Test
    void branchesGoOnBesideEachOtherAndTheFirstIsTheOneThatWasStoredFirst() throws Exception {
        var release = new CompletableFuture<String>();
        var entered = enter(durable -> {
            var slow = durable.fork("slow", TEXT, release::get, o -> o);
            var quick = durable.fork("quick", TEXT, () -> "quick", o -> o);
            var first = durable.anyOf(List.<Pending<String>>of(slow, quick)).join();
            release.complete("slow");
            return first + " " + durable.all(List.of(slow, quick), each -> each);
        });
        assertThat(text(entered)).isEqualTo("quick [slow, quick]");
    }

    @Test
    void inARepetitionTheSameBranchIsFirst() throws Exception {
        before.add(stored("slow", 0, 2, "\"slow\""));
        before.add(stored("quick", 1, 1, "\"quick\""));
        assertThat(text(enter(durable -> durable.anyOf(List.<Pending<String>>of(
                                durable.fork("slow", TEXT, () -> "no", o -> o),
                                durable.fork("quick", TEXT, () -> "no", o -> o)))
                        .join())))
                .isEqualTo("quick");
    }

    @Test
    void codeThatHasChangedIsToldWhatItFinds() {
        before.add(stored("plan", 0, 1, "1"));
        var entered = enter(durable -> call(durable, "write"));
        assertThatThrownBy(() -> get(entered)).hasRootCauseInstanceOf(Unwinding.class);
        assertThat(attempt.mismatch().orElseThrow())
                .contains("asks for CALL 'write' number 1 at place 0")
                .contains("stored there is CALL 'plan' number 1 at place 0");
        assertThat(done).isEmpty();
    }

    @Test
    void otherArgumentsAreNoticedAndTheOrderOfTheirFieldsIsNot() throws Exception {
        get(enter(durable -> durable.call("plan", TEXT, () -> "1", o -> o.arguments(new Pair("a", "b")))));
        var action = told.get(0).action();
        before.add(new StoredAction(
                action, StoredAction.State.DONE, 1, "\"1\"".getBytes(StandardCharsets.UTF_8), Optional.empty()));
        assertThat(text(enter(durable -> durable.call("plan", TEXT, () -> "2", o -> o.arguments(new Riap("b", "a"))))))
                .isEqualTo("1");
        assertThatThrownBy(() -> get(enter(
                        durable -> durable.call("plan", TEXT, () -> "2", o -> o.arguments(new Pair("a", "c"))))))
                .hasRootCauseInstanceOf(Unwinding.class);
    }

    record Pair(String left, String right) {}

    record Riap(String right, String left) {}

    @Test
    void aChangeIsMarkedForThoseWhoComeToItFirst() throws Exception {
        assertThat(number(enter(durable -> durable.version("new-index", 1, 2)))).isEqualTo(2);
        before.add(stored("plan", 0, 1, "\"1\""));
        assertThat(number(enter(durable -> {
                    int version = durable.version("new-index", 1, 2);
                    call(durable, "plan");
                    return version + durable.version("new-index", 1, 2);
                })))
                .as("who passed here before the change")
                .isEqualTo(2);
    }

    @Test
    void aNameStandsForOneKindOfAction() {
        assertThatThrownBy(() -> get(enter(durable -> {
                    durable.now();
                    return call(durable, "now");
                })))
                .rootCause()
                .hasMessageContaining(
                        "The name 'now' stands for a NOW in this step, so it cannot stand for a CALL too.");
    }

    @Test
    void otherThreadsAndActionsCannotUseIt() {
        assertThatThrownBy(() -> get(enter(durable ->
                        CompletableFuture.supplyAsync(durable::random, threads).join())))
                .rootCause()
                .hasMessageContaining("belongs to the thread that the step was called on");
        assertThatThrownBy(() -> get(enter(durable -> durable.call("plan", Double.class, durable::random))))
                .rootCause()
                .hasMessageContaining("uses the Durable that it runs in");
    }

    @Test
    void aCancelTakesTheCodeOffItsThread() {
        var entered = enter(durable -> {
            durable.sleep(Duration.ofSeconds(1));
            return "slept";
        });
        awaitTold(1);
        attempt.cancel();
        assertThatThrownBy(() -> get(entered)).hasRootCauseInstanceOf(Unwinding.class);
        assertThat(attempt.left()).isEmpty();
    }

    @Test
    void aNewStreamIsToldWhatIsNotStoredAndWhatIsWaitedFor() throws Exception {
        var entered = enter(durable -> {
            call(durable, "plan");
            durable.sleep(Duration.ofSeconds(1));
            return "slept";
        });
        awaitTold(2);
        assertThat(attempt.untold())
                .extracting(action -> action.action().name())
                .containsExactly("sleep");
        attempt.settled(slept(told.get(1)));
        assertThat(text(entered)).isEqualTo("slept");
        assertThat(attempt.untold()).isEmpty();
    }

    // ---- children

    private static StartedChild<String> search(Durable durable) {
        return ((ChildStarter) durable)
                .start(
                        new WorkflowRef<>("search", "s", TypeRef.of(String.class), TypeRef.of(String.class)),
                        "input",
                        new ChildOptions(Optional.empty(), Map.of("own", "1"), Optional.empty(), false));
    }

    private StoredAction ended(NewAction child) {
        return new StoredAction(
                child.action(), StoredAction.State.DONE, ++order, new byte[0], Optional.empty(), child(child));
    }

    @Test
    void aChildIsToldWithItsInputAndHasTheIdThatItWasGiven() throws Exception {
        var entered = enter(durable -> search(durable).runId());
        assertThat(text(entered)).isEqualTo(CHILD);
        assertThat(told).singleElement().satisfies(action -> {
            assertThat(action.action().kind()).isEqualTo(Action.Kind.CHILD);
            assertThat(action.action().name()).isEqualTo("search");
            var child = (NewAction.Content.Child) action.content();
            assertThat(new String(child.input(), UTF_8)).isEqualTo("\"input\"");
            assertThat(child.options().metadata()).isEqualTo(Map.of("own", "1", "inherited", "1"));
        });
    }

    @Test
    void theResultOfAChildIsReadWhenItIsAskedFor() throws Exception {
        var entered = enter(durable -> {
            var child = search(durable);
            child.runId();
            return child.join() + child.join();
        });
        awaitTold(1);
        attempt.settled(ended(told.get(0)));
        assertThat(text(entered)).isEqualTo("readread");
        assertThat(read).as("once").containsExactly(CHILD);
    }

    @Test
    void codeThatWaitsForManyLeavesUntilAllOfThemHaveEnded() throws Exception {
        patience = Duration.ZERO;
        var entered = enter(durable ->
                durable.all(List.of(1, 2, 3), number -> search(durable)).size());
        awaitTold(3);
        assertThatThrownBy(() -> get(entered)).rootCause().isInstanceOf(Unwinding.class);
        assertThat(attempt.needs()).isEqualTo(3);
    }

    @Test
    void resultsOfManyAreReadAPageAtATime() throws Exception {
        var entered = enter(durable -> {
            var children =
                    IntStream.range(0, 100).mapToObj(number -> search(durable)).toList();
            durable.awaitAll(children);
            var before = read.size();
            children.get(0).join();
            var page = read.size();
            for (var child : children) {
                child.join();
            }
            return before + " " + page + " " + read.size();
        });
        awaitTold(100);
        for (int i = 0; i < 100; i++) {
            attempt.settled(ended(told.get(i)));
        }
        assertThat(text(entered)).isEqualTo("0 32 100");
    }

    @Test
    void codeThatLetsItsRunBeginAnewDoesNotReturnAndEverythingIsStoredBefore() throws Exception {
        var entered = enter(durable -> {
            durable.now();
            durable.restart(new Pair("next", "turn"));
            return "returned";
        });
        assertThatThrownBy(() -> get(entered)).rootCause().isInstanceOf(Unwinding.class);
        assertThat(attempt.restarts().map(String::new)).contains("{\"left\":\"next\",\"right\":\"turn\"}");
        assertThat(told).hasSize(1);
        assertThat(attempt.left()).isEmpty();
    }
}
