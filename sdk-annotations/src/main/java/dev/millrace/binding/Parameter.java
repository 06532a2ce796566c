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

    /** The context of the attempt. */
    static Parameter context() {
        return new Context();
    }

    /** Why the run failed. */
    static Parameter failure() {
        return new Failure();
    }
}
