package dev.millrace.processor.model;

import java.util.List;
import javax.lang.model.type.TypeMirror;

/** Where the argument for a parameter comes from, or why nobody knows. */
public sealed interface Source {

    /** The run's input. */
    record Input() implements Source {}

    /** The result of a step. */
    record Parent(Method step) implements Source {}

    /** One element of the list that is the result of a step. */
    record Element(Method step) implements Source {}

    /** The result of a step that may have been skipped. */
    record OptionalParent(Method step) implements Source {}

    /** What became of a step. */
    record ParentOutcome(Method step) implements Source {}

    /** The {@code StepContext}. */
    record Context() implements Source {}

    /** The {@code RunFailure}. */
    record Failure() implements Source {}

    /** The {@code java.sql.Connection} of a transactional step or action. */
    record Connection() implements Source {}

    /** The {@code Durable}. */
    record Durable() implements Source {}

    /** An {@code Emitter} of these items; the type itself if it has no argument. */
    record Stream(TypeMirror item) implements Source {}

    /** The state of the turn before. */
    record Turn(TypeMirror state) implements Source {}

    /** The payload of an event; it may be missing where the parameter is an {@code Optional}. */
    record Event(TypeMirror payload, boolean optional) implements Source {}

    /** What a human answers; it may be missing where the parameter is an {@code Optional}. */
    record Approval(TypeMirror answer, boolean optional) implements Source {}

    /** What the caller of an action hands over. */
    record Argument() implements Source {}

    /** Something that is declared but not effective yet, or of a type that nothing can be; told elsewhere. */
    record Unsupported() implements Source {}

    /** {@code @Input} on a parameter whose type is not the input's. */
    record OtherInput() implements Source {}

    /** No step returns the type, and it is not the input's. */
    record Unknown() implements Source {}

    /** No step returns what the {@code Optional} or {@code Outcome} is about. */
    record NoParent() implements Source {}

    /** An {@code Optional} or {@code Outcome} that says not what it is about; told elsewhere. */
    record Malformed() implements Source {}

    /** No step returns a list whose element it could be. */
    record NoList() implements Source {}

    /** Several steps return the type. */
    record Ambiguous(List<Method> steps) implements Source {
        public Ambiguous {
            steps = List.copyOf(steps);
        }
    }

    /** {@code @From} names no step. */
    record NoSuchStep(String name) implements Source {}

    /** {@code @From} names a step that returns another type. */
    record Mismatch(Method step) implements Source {}

    /** {@code @From} names a step that returns nothing. */
    record FromVoid(Method step) implements Source {}

    /** The step would wait for its own result. */
    record Self() implements Source {}
}
