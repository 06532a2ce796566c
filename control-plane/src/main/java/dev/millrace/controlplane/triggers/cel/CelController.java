package dev.millrace.controlplane.triggers.cel;

import dev.millrace.controlplane.api.ExpressionsApi;
import dev.millrace.controlplane.api.model.EvaluateExpression;
import dev.millrace.controlplane.api.model.ExpressionMistake;
import dev.millrace.controlplane.api.model.ExpressionPurpose;
import dev.millrace.controlplane.api.model.ExpressionResult;
import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.payloads.RawJson;
import dev.millrace.controlplane.rest.Answers;
import dev.millrace.controlplane.tenancy.Permission;
import dev.millrace.controlplane.tenancy.RequiresPermission;
import dev.millrace.expression.EvaluationException;
import dev.millrace.expression.Expressions.Purpose;
import dev.millrace.expression.InvalidExpressionException;
import dev.millrace.manifest.Json;
import dev.millrace.manifest.JsonValue;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Controller;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import reactor.core.publisher.Mono;

/** Tries an expression against an example, over REST. A mistake in it is an answer, not an error: that is what one tries it for. */
@Controller
class CelController implements ExpressionsApi {
    private static final int MAX_EVENT_BYTES = 256 << 10;
    private static final int MAX_VALUE_BYTES = 256 << 10;

    private final EventExpressions expressions;
    private final Answers answers;

    CelController(EventExpressions expressions, Answers answers) {
        this.expressions = expressions;
        this.answers = answers;
    }

    @Override
    @RequiresPermission(Permission.AUTHENTICATED)
    public Mono<HttpResponse<ExpressionResult>> evaluateExpression(EvaluateExpression wish) {
        return answers.blocking(() -> HttpResponse.ok(evaluate(wish)));
    }

    private ExpressionResult evaluate(EvaluateExpression wish) {
        var variables = variables(wish);
        var result = new ExpressionResult();
        try {
            var expression = expressions.compile(wish.getExpression(), purpose(wish.getPurpose()));
            var value = expression.json(variables);
            if (purpose(wish.getPurpose()) == Purpose.KEY) {
                value = JsonValue.of(expression.key(variables));
            }
            var json = Json.write(value).getBytes(StandardCharsets.UTF_8);
            if (json.length > MAX_VALUE_BYTES) {
                return result.failure("The value has %,d bytes, which is more than the %,d that can be shown."
                        .formatted(json.length, MAX_VALUE_BYTES));
            }
            return result.type(typeOf(value)).value(RawJson.ofChecked(json));
        } catch (InvalidExpressionException e) {
            List<ExpressionMistake> mistakes = e.problems().stream()
                    .map(problem -> new ExpressionMistake(problem.column(), problem.message()))
                    .toList();
            return result.mistakes(mistakes);
        } catch (EvaluationException e) {
            return result.failure(e.getMessage());
        }
    }

    private static Purpose purpose(ExpressionPurpose purpose) {
        if (purpose == null) {
            return Purpose.ANY;
        }
        return switch (purpose) {
            case ANY -> Purpose.ANY;
            case CONDITION -> Purpose.CONDITION;
            case KEY -> Purpose.KEY;
            case COST -> Purpose.COST;
            case WEIGHT -> Purpose.WEIGHT;
        };
    }

    private static Map<String, JsonValue> variables(EvaluateExpression wish) {
        Map<String, JsonValue> variables = new HashMap<>();
        if (wish.getEvent() != null) {
            var bytes = wish.getEvent().bytes();
            if (bytes.length > MAX_EVENT_BYTES) {
                throw new ApiException(
                        ErrorCode.PAYLOAD_TOO_LARGE,
                        "$.event has %,d bytes; the limit is %,d.".formatted(bytes.length, MAX_EVENT_BYTES),
                        "$.event");
            }
            variables.put("event", Json.read(bytes));
        }
        Map<String, JsonValue> labels = new LinkedHashMap<>();
        if (wish.getMetadata() != null) {
            wish.getMetadata().forEach((name, value) -> labels.put(name, JsonValue.of(value)));
        }
        variables.put("metadata", new JsonValue.Object(labels));
        variables.put("name", JsonValue.of(wish.getName() == null ? "" : wish.getName()));
        return variables;
    }

    private static String typeOf(JsonValue value) {
        if (value instanceof JsonValue.Null) {
            return "null";
        } else if (value instanceof JsonValue.Bool) {
            return "boolean";
        } else if (value instanceof JsonValue.Number) {
            return "number";
        } else if (value instanceof JsonValue.Text) {
            return "string";
        } else {
            return value instanceof JsonValue.Array ? "array" : "object";
        }
    }
}
