package dev.millrace.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.Durable;
import dev.millrace.Pending;
import dev.millrace.Priority;
import dev.millrace.TypeRef;
import dev.millrace.binding.ChildOptions;
import dev.millrace.binding.ChildStarter;
import dev.millrace.binding.StartedChild;
import dev.millrace.binding.WorkflowRef;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChildClientTest {
    private static final WorkflowRef<String, Integer> COUNT =
            new WorkflowRef<>("count", "shape", TypeRef.of(String.class), TypeRef.of(Integer.class));

    private final List<ChildOptions> started = new ArrayList<>();

    @Test
    void aRunStartedWithinDurableCodeIsAChildThatCanBeJoined() {
        var runs = RunStarter.within(durable(ChildStarter.class), COUNT);

        RunHandle<Integer> handle = runs.start("four");
        Pending<Integer> pending = handle;

        assertThat(handle.id()).isEqualTo("child of four");
        assertThat(pending.isDone()).isTrue();
        assertThat(pending.join()).isEqualTo(4);
        assertThat(handle.result()).isEqualTo(4);
        assertThat(runs.run("fourteen")).isEqualTo(8);
    }

    @Test
    void childrenAreInTheOrderOfTheirInputs() {
        var runs = RunStarter.within(durable(ChildStarter.class), COUNT);

        assertThat(runs.startAll(List.of("a", "bb", "ccc")).stream().map(RunHandle::join))
                .containsExactly(1, 2, 3);
    }

    @Test
    void theOptionsOfAStartReachTheChild() {
        RunStarter.within(durable(ChildStarter.class), COUNT)
                .start(
                        "four",
                        o -> o.priority(Priority.HIGH)
                                .deadline(Duration.ofHours(1))
                                .metadata("team", "a"));

        assertThat(started).singleElement().satisfies(options -> {
            assertThat(options.priority()).contains(Priority.HIGH);
            assertThat(options.deadline()).contains(Duration.ofHours(1));
            assertThat(options.metadata()).containsEntry("team", "a");
            assertThat(options.abandoned()).isFalse();
        });
    }

    @Test
    void whatWouldNotBeStoredIsRefused() {
        var handle = RunStarter.within(durable(ChildStarter.class), COUNT).start("four");

        assertThatThrownBy(handle::state)
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("Durable code cannot call state() of its child child of four");
        assertThatThrownBy(() -> handle.await(Duration.ofSeconds(1))).hasMessageContaining("await(limit)");
        assertThatThrownBy(() -> handle.result(Duration.ofSeconds(1))).hasMessageContaining("result(limit)");
        assertThatThrownBy(handle::ended).hasMessageContaining("ended()");
        assertThatThrownBy(() -> handle.cancel("enough")).hasMessageContaining("cancel()");
    }

    @Test
    void aDurableThatStartsNoChildrenIsRefused() {
        var durable = durable(Comparable.class);

        assertThatThrownBy(() -> RunStarter.within(durable, COUNT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("A client of workflow 'count' cannot start children through a ")
                .hasMessageContaining("ChildStarter");
    }

    /** Counts letters; a proxy, because {@link Durable} has many methods that none of this is about. */
    private Durable durable(Class<?> besides) {
        ChildStarter children = new ChildStarter() {
            @Override
            @SuppressWarnings("unchecked") // the only workflow here is COUNT
            public <I, R> StartedChild<R> start(WorkflowRef<I, R> workflow, I input, ChildOptions options) {
                assertThat(workflow).isEqualTo(COUNT);
                started.add(options);
                return (StartedChild<R>) new Counted((String) input);
            }
        };
        return (Durable) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Durable.class, besides}, (proxy, method, arguments) -> {
                    try {
                        return method.invoke(children, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private record Counted(String text) implements StartedChild<Integer> {
        @Override
        public String runId() {
            return "child of " + text;
        }

        @Override
        public boolean isDone() {
            return true;
        }

        @Override
        public Integer join() {
            return text.length();
        }
    }
}
