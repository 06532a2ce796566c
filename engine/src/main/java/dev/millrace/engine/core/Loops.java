package dev.millrace.engine.core;

import dev.millrace.engine.Command.Outcome;
import dev.millrace.engine.Fact;
import dev.millrace.engine.Failure;
import dev.millrace.engine.LoopState;
import dev.millrace.engine.core.Tables.TaskEvent;
import java.time.Duration;
import java.time.Instant;

/** Tasks that are called again until they are done: whether another turn may follow, and what follows when one has ended. */
final class Loops {
    /** The longest that a turn may let the next one wait: beyond any run's deadline that could be meant. */
    private static final Duration LONGEST_DELAY = Duration.ofDays(366);

    private final Memory memory;
    private final States states;
    private final Steps steps;

    Loops(Memory memory, States states, Steps steps) {
        this.memory = memory;
        this.states = states;
        this.steps = steps;
    }

    /** Why there can be no other turn; empty when there can. */
    static String problem(Task task) {
        if (!task.node.loop) {
            return "Step '" + task.node.name + "' asked for another turn, but it is no loop.";
        }
        return task.loop.turn() < LoopState.MOST_TURNS
                ? ""
                : "Step '" + task.node.name + "' asked for another turn after its turn " + task.loop.turn()
                        + ", which is the last that a loop may have. Let more time pass between the turns, do more in each,"
                        + " or end the loop and start the run anew.";
    }

    /** What the task fails with whose problem this is. Another attempt would ask for the same. */
    static Failure failure(Task task, String problem) {
        return new Failure(task.node.loop ? Failure.TURN_LIMIT : Failure.OUTPUT_INVALID, problem, "", true, 0, "");
    }

    /** When the next turn may be offered. */
    static Instant next(Outcome.Again again, long nowMicros) {
        var delay = again.delay().compareTo(LONGEST_DELAY) > 0 ? LONGEST_DELAY : again.delay();
        return Instants.of(nowMicros + Instants.micros(delay));
    }

    /** What the history says of an attempt that ended the turn that the task is in; empty where it is no loop. */
    static String turn(Task task) {
        return task.node.loop ? "turn " + task.loop.turn() : "";
    }

    /** The task has left its worker with a state for the next turn. */
    void turned(Task task, Fact.TurnEnded fact) {
        keep(task, task.loop.next(fact.state()));
        task.charged = 0;
        task.failure = null;
        states.move(task, TaskEvent.TURNED);
        task.due = fact.next();
        task.run.waiting++;
        if (fact.next().isAfter(fact.at())) {
            memory.returns.set(task, Instants.micros(task.due));
            States.note(task, fact.at(), task.due.toString());
        } else {
            steps.due(task);
        }
    }

    /** There is no other turn. */
    void ended(Task task) {
        if (task.node.loop) {
            keep(task, task.loop.ended());
        }
    }

    private void keep(Task task, LoopState loop) {
        memory.holds(
                task.run, (long) loop.state().data().length - task.loop.state().data().length);
        task.loop = loop;
    }
}
