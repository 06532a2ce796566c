package dev.millrace.binding;

import dev.millrace.TypeRef;
import java.util.Objects;

/** Where the argument for one parameter comes from, and of which type it is. */
public sealed interface Parameter {

    /** The run's input. */
    record Input(TypeRef<?> type) implements Parameter {
        public Input {
            Objects.requireNonNull(type, "type");
        }
    }

    /** The result of another step, which must have succeeded. */
    record Parent(String step, TypeRef<?> type) implements Parameter {
        public Parent {
            Objects.requireNonNull(step, "step");
            Objects.requireNonNull(type, "type");
        }
    }

    /** One element of the list that is the result of another step, which must have succeeded. */
    record Element(String step, TypeRef<?> type) implements Parameter {
        public Element {
            Objects.requireNonNull(step, "step");
            Objects.requireNonNull(type, "type");
        }
    }

    /**
     * The result of another step, if it has one, as an {@code Optional}: the argument is empty when the step was skipped, or
     * returned nothing.
     *
     * @param value the type of the result, without the {@code Optional}
     */
    record OptionalParent(String step, TypeRef<?> value) implements Parameter {
        public OptionalParent {
            Objects.requireNonNull(step, "step");
            Objects.requireNonNull(value, "value");
        }
    }

    /**
     * What became of another step, as an {@link dev.millrace.Outcome}. A step that succeeded without a value counts as
     * skipped.
     *
     * @param value the type of the result, without the {@code Outcome}
     */
    record ParentOutcome(String step, TypeRef<?> value) implements Parameter {
        public ParentOutcome {
            Objects.requireNonNull(step, "step");
            Objects.requireNonNull(value, "value");
        }
    }

    /**
     * The payload of an event that the task waited for.
     *
     * @param type of the parameter; where it is an {@code Optional}, the argument is empty when the time was up
     */
    record Event(TypeRef<?> type) implements Parameter {
        public Event {
            Objects.requireNonNull(type, "type");
        }
    }

    /**
     * What a human answered.
     *
     * @param type of the parameter; where it is an {@code Optional}, the argument is empty when the time was up
     */
    record Approval(TypeRef<?> type) implements Parameter {
        public Approval {
            Objects.requireNonNull(type, "type");
        }
    }

    /**
     * The state of the turn before, of a step that answers with a {@link dev.millrace.Loop}.
     *
     * @param type of the parameter, an {@code Optional}; the argument is empty in the first turn
     */
    record Turn(TypeRef<?> type) implements Parameter {
        public Turn {
            Objects.requireNonNull(type, "type");
        }
    }

    /** What the caller of an action hands over. */
    record Argument(TypeRef<?> type) implements Parameter {
        public Argument {
            Objects.requireNonNull(type, "type");
        }
    }

    /**
     * The {@link dev.millrace.Emitter} of the attempt.
     *
     * @param item the type of its items
     */
    record Emitter(TypeRef<?> item) implements Parameter {
        public Emitter {
            Objects.requireNonNull(item, "item");
        }
    }

    /** The {@link dev.millrace.Durable} of the attempt: the step is durable. */
    record Durable() implements Parameter {}

    /** The {@code java.sql.Connection} in whose transaction a transactional attempt completes. */
    record Connection() implements Parameter {}

    /** The {@link dev.millrace.StepContext} of the attempt. */
    record Context() implements Parameter {}

    /** The {@link dev.millrace.RunFailure} of the run; only in an on-failure handler. */
    record Failure() implements Parameter {}

    /** The run's input, of a type without arguments. */
    static Parameter input(Class<?> type) {
        return new Input(TypeRef.of(type));
    }

    /** The run's input. */
    static Parameter input(TypeRef<?> type) {
        return new Input(type);
    }

    /** The result of another step, of a type without arguments. */
    static Parameter parent(String step, Class<?> type) {
        return new Parent(step, TypeRef.of(type));
    }

    /** The result of another step. */
    static Parameter parent(String step, TypeRef<?> type) {
        return new Parent(step, type);
    }

    /** One element of the result of another step, of a type without arguments. */
    static Parameter element(String step, Class<?> type) {
        return new Element(step, TypeRef.of(type));
    }

    /** One element of the result of another step. */
    static Parameter element(String step, TypeRef<?> type) {
        return new Element(step, type);
    }

    /** The result of another step, if it has one, of a type without arguments. */
    static Parameter optional(String step, Class<?> value) {
        return new OptionalParent(step, TypeRef.of(value));
    }

    /** The result of another step, if it has one. */
    static Parameter optional(String step, TypeRef<?> value) {
        return new OptionalParent(step, value);
    }

    /** What became of another step, whose result is of a type without arguments. */
    static Parameter outcome(String step, Class<?> value) {
        return new ParentOutcome(step, TypeRef.of(value));
    }

    /** What became of another step. */
    static Parameter outcome(String step, TypeRef<?> value) {
        return new ParentOutcome(step, value);
    }

    /** The payload of an event, of a type without arguments. */
    static Parameter event(Class<?> type) {
        return new Event(TypeRef.of(type));
    }

    /** The payload of an event. */
    static Parameter event(TypeRef<?> type) {
        return new Event(type);
    }

    /** What a human answered, of a type without arguments. */
    static Parameter approval(Class<?> type) {
        return new Approval(TypeRef.of(type));
    }

    /** What a human answered. */
    static Parameter approval(TypeRef<?> type) {
        return new Approval(type);
    }

    /** What the caller of an action hands over, of a type without arguments. */
    static Parameter argument(Class<?> type) {
        return new Argument(TypeRef.of(type));
    }

    /** What the caller of an action hands over. */
    static Parameter argument(TypeRef<?> type) {
        return new Argument(type);
    }

    /** The emitter of the attempt, for items of a type without arguments. */
    static Parameter emitter(Class<?> type) {
        return new Emitter(TypeRef.of(type));
    }

    /** The emitter of the attempt, for items of this type. */
    static Parameter emitter(TypeRef<?> type) {
        return new Emitter(type);
    }

    /** The state of the turn before, an {@code Optional}. */
    static Parameter turn(TypeRef<?> type) {
        return new Turn(type);
    }

    /** The durable object of the attempt. */
    static Parameter durable() {
        return new Durable();
    }

    /** The connection of a transactional attempt. */
    static Parameter connection() {
        return new Connection();
    }

    /** The context of the attempt. */
    static Parameter context() {
        return new Context();
    }

    /** Why the run failed. */
    static Parameter failure() {
        return new Failure();
    }
}
