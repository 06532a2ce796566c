package dev.millrace.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.AttemptRef;
import dev.millrace.engine.AttemptState;
import dev.millrace.engine.Fact;
import dev.millrace.engine.RunId;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.RunImage.TaskImage;
import dev.millrace.engine.RunImage.Transition;
import dev.millrace.engine.RunState;
import dev.millrace.engine.TaskState;
import dev.millrace.engine.TenantId;
import dev.millrace.engine.core.Moves;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * What the history of one run must have, by its facts alone: what each fact says happened is there as often as it happened, each state
 * follows from the one before as the state machines allow, and the last one is the one in which its run, task or attempt is.
 */
final class Tale {
    static final TenantId NOBODY = new TenantId(new UUID(0, 0));

    private static final Set<String> TASK_STATES = names(TaskState.values());
    private static final Set<String> ATTEMPT_STATES = names(AttemptState.values());
    private static final Set<String> RUN_STATES = names(RunState.values());
    /** What of the run itself each has a fact of its own. */
    private static final Set<String> OF_RUN = Set.of(
            "CANCELLING",
            "DEADLINE_PASSED",
            "CLEANING_UP",
            "REPLAYED",
            RunImage.RESTARTED,
            "SIGNALLED",
            "BUDGET_RAISED");

    private static final Set<String> ENDS =
            names(Arrays.stream(RunState.values()).filter(RunState::isFinal).toArray(RunState[]::new));

    private final RunId run;
    private TenantId tenant = NOBODY;
    private Set<List<Integer>> kept = Set.of();
    private final Map<String, Integer> happened = new TreeMap<>();
    /** By task. */
    private final Map<List<Integer>, AttemptRef> live = new HashMap<>();

    Tale(RunId run) {
        this.run = run;
    }

    private static Set<String> names(Enum<?>[] values) {
        return Arrays.stream(values).map(Enum::name).collect(Collectors.toUnmodifiableSet());
    }

    TenantId tenant() {
        return tenant;
    }

    // ---- what happened ----

    void stored(Fact fact) {
        if (fact instanceof Fact.OfAttempt ofAttempt) {
            attempt(ofAttempt);
        } else if (fact instanceof Fact.RunStarted started) {
            tenant = started.tenant();
        } else if (fact instanceof Fact.RunReplayed replayed) {
            kept = replayed.kept().stream()
                    .filter(task -> task.state().isFinal())
                    .map(task -> List.of(task.node(), task.element()))
                    .collect(Collectors.toSet());
            ofRun("REPLAYED");
        } else if (fact instanceof Fact.RunCancelRequested) {
            ofRun("CANCELLING");
        } else if (fact instanceof Fact.RunDeadlinePassed) {
            ofRun("DEADLINE_PASSED");
        } else if (fact instanceof Fact.CleanUpStarted) {
            ofRun("CLEANING_UP");
        } else if (fact instanceof Fact.BudgetRaised) {
            ofRun("BUDGET_RAISED");
        } else if (fact instanceof Fact.SignalReceived) {
            ofRun("SIGNALLED");
        } else if (fact instanceof Fact.RunEnded ended) {
            ofRun(ended.state().name());
        } else if (fact instanceof Fact.TaskSettled settled) {
            var attempt = live.remove(List.of(settled.node(), settled.element()));
            if (attempt != null) {
                note(attempt, AttemptState.CANCELLED);
            }
        }
    }

    private void attempt(Fact.OfAttempt fact) {
        var ref = fact.attempt();
        if (fact instanceof Fact.AttemptOffered) {
            live.put(task(ref), ref);
            note(ref, AttemptState.OFFERED);
        } else if (fact instanceof Fact.AttemptStarted) {
            note(ref, AttemptState.RUNNING);
        } else if (fact instanceof Fact.AttemptSucceeded || fact instanceof Fact.TurnEnded) {
            ended(ref, AttemptState.SUCCEEDED);
        } else if (fact instanceof Fact.AttemptFailed failed) {
            ended(ref, failed.state());
        } else if (fact instanceof Fact.AttemptLost) {
            ended(ref, AttemptState.LOST);
        } else if (fact instanceof Fact.AttemptSuspended) {
            ended(ref, AttemptState.SUSPENDED);
        } else if (fact instanceof Fact.AttemptCancelled) {
            ended(ref, AttemptState.CANCELLED);
        } else if (fact instanceof Fact.RunRestarted) {
            // What came before is dropped, the end of this attempt too.
            happened.clear();
            live.clear();
            kept = Set.of();
            ofRun(RunImage.RESTARTED);
        }
    }

    private void ended(AttemptRef ref, AttemptState state) {
        live.remove(task(ref));
        note(ref, state);
    }

    private void note(AttemptRef ref, AttemptState state) {
        count(happened, ref.node() + "/" + ref.element() + "/" + ref.attempt() + " " + state);
    }

    private void ofRun(String what) {
        count(happened, "run " + what);
    }

    private static void count(Map<String, Integer> what, String name) {
        what.merge(name, 1, Integer::sum);
    }

    private static List<Integer> task(AttemptRef ref) {
        return List.of(ref.node(), ref.element());
    }

    // ---- what is told of it ----

    void check(RunImage image) {
        Map<String, Integer> told = new TreeMap<>();
        var runState = "";
        Map<List<Integer>, TaskState> tasks = new HashMap<>();
        Map<AttemptRef, AttemptState> attempts = new HashMap<>();
        int generation = 1;
        for (var transition : RunImage.since(image.history())) {
            if (transition.node() < 0) {
                var state = transition.state();
                if (OF_RUN.contains(state) || ENDS.contains(state)) {
                    count(told, "run " + state);
                }
                if (state.equals("REPLAYED")) {
                    generation++;
                    tasks.clear();
                    runState = "";
                } else if (RUN_STATES.contains(state)) {
                    runMoves(runState, transition);
                    runState = state;
                }
            } else if (transition.attempt() > 0 && ATTEMPT_STATES.contains(transition.state())) {
                count(
                        told,
                        transition.node() + "/" + transition.element() + "/" + transition.attempt() + " "
                                + transition.state());
                attemptMoves(attempts, generation, transition);
                follows(tasks, transition);
            } else if (TASK_STATES.contains(transition.state())) {
                taskMoves(tasks, transition, TaskState.valueOf(transition.state()));
            }
        }
        assertThat(told)
                .as("what happened is in the history of run %s as often as it happened", run)
                .isEqualTo(happened);
        assertThat(runState)
                .as("the last state of run %s", run)
                .isEqualTo(image.state().name());
        for (var task : image.tasks()) {
            ends(tasks, task);
        }
        var present = new HashSet<List<Integer>>();
        image.tasks().forEach(task -> present.add(List.of(task.node(), task.element())));
        assertThat(present)
                .as("nothing is told of tasks that run %s does not have", run)
                .containsAll(tasks.keySet());
    }

    private void runMoves(String before, Transition transition) {
        var state = RunState.valueOf(transition.state());
        assertThat(before.isEmpty() ? state == RunState.QUEUED : Moves.leads(RunState.valueOf(before), state))
                .as("run %s goes from state to state as runs do: %s after %s", run, transition, before)
                .isTrue();
    }

    private void attemptMoves(Map<AttemptRef, AttemptState> attempts, int generation, Transition transition) {
        var ref = new AttemptRef(run, generation, transition.node(), transition.element(), transition.attempt());
        var state = AttemptState.valueOf(transition.state());
        var before = attempts.put(ref, state);
        assertThat(before == null ? state == AttemptState.OFFERED : Moves.leads(before, state))
                .as("attempts of run %s go from state to state as attempts do: %s after %s", run, transition, before)
                .isTrue();
    }

    /** A task is where its attempt is, until it is told where it is by itself. */
    private void follows(Map<List<Integer>, TaskState> tasks, Transition transition) {
        if (transition.state().equals(AttemptState.OFFERED.name())) {
            taskMoves(tasks, transition, TaskState.ASSIGNED);
        } else if (transition.state().equals(AttemptState.RUNNING.name())) {
            taskMoves(tasks, transition, TaskState.RUNNING);
        }
    }

    private void taskMoves(Map<List<Integer>, TaskState> tasks, Transition transition, TaskState state) {
        var before = tasks.put(List.of(transition.node(), transition.element()), state);
        assertThat(Moves.leads(before == null ? TaskState.PENDING : before, state))
                .as("tasks of run %s go from state to state as tasks do: %s after %s", run, transition, before)
                .isTrue();
    }

    private void ends(Map<List<Integer>, TaskState> tasks, TaskImage task) {
        var name = List.of(task.node(), task.element());
        if (!kept.contains(name)) {
            assertThat(tasks.get(name))
                    .as("the last state in the history of task %s of run %s", name, run)
                    .isEqualTo(task.state());
        }
    }
}
