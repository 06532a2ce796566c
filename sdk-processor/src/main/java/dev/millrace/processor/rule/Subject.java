package dev.millrace.processor.rule;

import dev.millrace.processor.model.Method;
import dev.millrace.processor.model.Parameter;
import dev.millrace.processor.model.TypeSystem;
import dev.millrace.processor.model.Wiring;
import dev.millrace.processor.model.Workflow;
import dev.millrace.processor.schema.Schema;
import java.util.Map;
import java.util.Optional;

/**
 * All that is known about one workflow.
 *
 * @param workflow the class as declared
 * @param wiring its graph
 * @param input the schema of its input, if it has one
 * @param values the schemas of the values that one call of each step or action gives, by method
 * @param given the schemas of what comes from outside the graph: payloads of events, answers of people, arguments of
 *     actions; and of the items that emitters stream
 * @param types the compiler's types
 */
public record Subject(
        Workflow workflow,
        Wiring wiring,
        Optional<Schema> input,
        Map<Method, Schema> values,
        Map<Parameter, Schema> given,
        TypeSystem types) {

    /** The steps that return something, as a list for messages: {@code Quote (price), Payment (charge)}. */
    public String returnedTypes() {
        var list = new StringBuilder();
        for (var step : workflow.steps()) {
            if (step.hasValue()) {
                list.append(list.isEmpty() ? "" : ", ")
                        .append(types.shortName(wiring.value(step)))
                        .append(" (")
                        .append(step.name())
                        .append(")");
            }
        }
        return list.isEmpty() ? "No step returns anything." : "Steps return: " + list;
    }
}
