package dev.millrace.processor.write;

import dev.millrace.processor.model.Method;
import dev.millrace.processor.rule.Subject;
import java.util.ArrayList;
import java.util.List;
import javax.lang.model.type.TypeMirror;

/**
 * What a run results in, as a type: nothing, the value of one step, or a record of several with a component per step.
 *
 * <p>The record is a member of the client and no class of its own, because of a fault of javac 17: where the class file of
 * an earlier compilation is on the class path, it reads that one as soon as a processor writes a source of its name, keeps
 * the old components beside the new ones, and fails with a {@code NullPointerException}. It reads members only when they
 * are asked for.
 */
final class ResultRecord {
    static final String NAME = "Result";

    private final Subject subject;
    private final GeneratedClass client;
    private final List<Method> results;

    ResultRecord(Subject subject, GeneratedClass client) {
        this.subject = subject;
        this.client = client;
        this.results = subject.wiring().results();
    }

    /** The type of the run's result; {@code Void} for none. */
    String type() {
        return switch (results.size()) {
            case 0 -> client.type("java.lang.Void");
            case 1 -> component(results.get(0), client.boxed(value(results.get(0))));
            default -> NAME;
        };
    }

    /** The same as an object at run time. */
    String typeRef() {
        if (results.size() != 1) {
            return client.typeRef(type());
        }
        var step = results.get(0);
        return subject.wiring().mayLackValue(step)
                ? "new " + client.type(GeneratedClass.TYPE_REF) + "<" + type() + ">() {}"
                : client.typeRef(value(step));
    }

    private TypeMirror value(Method step) {
        return subject.wiring().value(step);
    }

    /** The type of a step's value in the result: a run may succeed without the value of a step that may be skipped. */
    private String component(Method step, String written) {
        return subject.wiring().mayLackValue(step)
                ? client.type("java.util.Optional") + "<" + client.boxed(value(step)) + ">"
                : written;
    }

    /** Writes the record, if there is to be one. */
    void declare(String visibility, JavaText text) {
        if (results.size() < 2) {
            return;
        }
        var javadoc = new ArrayList<>(List.of("What a run results in: the values of its last steps.", ""));
        var components = new ArrayList<String>();
        for (var step : results) {
            javadoc.add("@param " + step.name() + " what {@code " + step.label() + "} returned"
                    + (subject.wiring().mayLackValue(step) ? ", if it did" : ""));
            components.add(component(step, client.type(value(step))) + " " + step.name());
        }
        text.line("");
        text.javadoc(javadoc);
        text.begin(visibility + "record " + NAME, components);
        text.end();
    }
}
