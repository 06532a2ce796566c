package dev.millrace.controlplane.errors;

import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.InvalidNullException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import dev.millrace.controlplane.api.model.Problem;
import dev.millrace.controlplane.shard.Shards.ShardException;
import io.micronaut.core.convert.exceptions.ConversionErrorException;
import io.micronaut.core.type.Argument;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.exceptions.ContentLengthExceededException;
import io.micronaut.web.router.exceptions.UnsatisfiedRouteException;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.ElementKind;
import jakarta.validation.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns whatever was thrown into a refusal, and a refusal into a problem document (RFC 9457). */
public final class Problems {
    private static final Logger LOG = LoggerFactory.getLogger(Problems.class);

    private Problems() {}

    /** The document of a refusal. */
    public static Problem of(ApiException refusal) {
        int status = refusal.code().httpStatus();
        var problem = new Problem(
                "about:blank",
                HttpStatus.valueOf(status).getReason(),
                status,
                refusal.code().name(),
                refusal.getMessage());
        refusal.path().ifPresent(problem::setPath);
        refusal.run().ifPresent(problem::setRunId);
        return problem;
    }

    /**
     * The refusal that a failure amounts to. What is nobody's mistake but ours is logged under a number, and the number is all
     * that the caller learns.
     */
    public static ApiException refusal(Throwable failure) {
        return foreseen(failure).orElseGet(() -> {
            var number = UUID.randomUUID();
            LOG.error("A request failed for a reason that is ours; the caller was given number {}.", number, failure);
            return new ApiException(
                    ErrorCode.INTERNAL,
                    "Something went wrong in the control plane. It is logged under " + number
                            + "; report that number if it happens again.");
        });
    }

    /** The refusal that a failure amounts to, if it is one of those that are foreseen. */
    static Optional<ApiException> foreseen(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ApiException refusal) {
                return Optional.of(refusal);
            }
            if (cause instanceof ShardException shard) {
                return Optional.of(ofShard(shard));
            }
            if (cause instanceof DatabaseException database && database.isUnavailable()) {
                LOG.warn("A request was refused because the database cannot be asked: {}", database.getMessage());
                return Optional.of(new ApiException(
                        ErrorCode.UNAVAILABLE, "The database cannot be asked right now. Try again in a few seconds."));
            }
            if (cause instanceof ConstraintViolationException invalid) {
                return Optional.of(
                        ofViolation(invalid.getConstraintViolations().iterator().next()));
            }
            if (cause instanceof JsonMappingException mapping) {
                return Optional.of(ofMapping(mapping));
            }
            if (cause instanceof ContentLengthExceededException large) {
                return Optional.of(new ApiException(
                        ErrorCode.PAYLOAD_TOO_LARGE,
                        "The body is larger than 4 MiB. Split the request, or send less in each. (" + large.getMessage()
                                + ")"));
            }
            if (cause instanceof ConversionErrorException conversion) {
                return Optional.of(ofParameter(conversion.getArgument(), "cannot be read"));
            }
            if (cause instanceof UnsatisfiedRouteException missing) {
                return Optional.of(ofParameter(missing.getArgument(), "is required and is missing"));
            }
        }
        return Optional.empty();
    }

    /** Takes the wrapping off that asynchronous code puts around a failure. */
    public static Throwable unwrapped(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    private static ApiException ofShard(ShardException shard) {
        return switch (shard.code()) {
            case "OVERLOADED" -> new ApiException(ErrorCode.OVERLOADED, shard.getMessage());
            default -> new ApiException(ErrorCode.UNAVAILABLE, shard.getMessage());
        };
    }

    private static ApiException ofParameter(Argument<?> argument, String what) {
        var name = argument.getAnnotationMetadata()
                .stringValue("io.micronaut.http.annotation.Bindable")
                .orElse(argument.getName());
        if (argument.getAnnotationMetadata().hasAnnotation("io.micronaut.http.annotation.Body")) {
            return new ApiException(ErrorCode.INVALID_JSON, "The request needs a JSON body, and it " + what + ".", "$");
        }
        return new ApiException(
                ErrorCode.PARAM_INVALID, "Parameter " + name + " " + what + "; " + expected(argument) + ".", name);
    }

    private static String expected(Argument<?> argument) {
        var type = argument.getType();
        if (type == UUID.class) {
            return "it is a UUID such as 0193a5c8-7f3e-7c1a-9b2d-3f4e5a6b7c8d";
        }
        if (type == java.time.Instant.class) {
            return "it is an instant such as 2027-01-31T12:00:00Z";
        }
        if (type == Integer.class) {
            return "it is a whole number";
        }
        var element = argument.getFirstTypeVariable().map(Argument::getType).orElse(null);
        if (element != null && element.isEnum()) {
            return "it is one of " + constants(element);
        }
        return "see the operation's description";
    }

    private static String constants(Class<?> type) {
        return Arrays.stream(type.getEnumConstants()).map(Object::toString).collect(Collectors.joining(", "));
    }

    private static ApiException ofViolation(ConstraintViolation<?> violation) {
        var parameter = "";
        var path = new StringBuilder();
        for (Path.Node node : violation.getPropertyPath()) {
            if (node.getKind() == ElementKind.PARAMETER) {
                parameter = node.getName();
            } else if (node.getKind() == ElementKind.PROPERTY || node.getKind() == ElementKind.CONTAINER_ELEMENT) {
                if (node.isInIterable() && node.getIndex() != null) {
                    path.append('[').append(node.getIndex()).append(']');
                } else if (node.isInIterable() && node.getKey() != null) {
                    path.append('.').append(node.getKey());
                }
                if (node.getKind() == ElementKind.PROPERTY) {
                    path.append('.').append(node.getName());
                }
            }
        }
        var value = violation.getInvalidValue();
        var shown = value == null ? "is missing or null" : "is " + shown(value);
        var demand = violation.getMessage().startsWith("size ") ? "its " : "it ";
        if (path.length() == 0) {
            return new ApiException(
                    ErrorCode.PARAM_INVALID,
                    "Parameter " + parameter + " " + shown + "; " + demand + violation.getMessage() + ".",
                    parameter);
        }
        return new ApiException(
                ErrorCode.FIELD_INVALID,
                "$" + path + " " + shown + "; " + demand + violation.getMessage() + ".",
                "$" + path);
    }

    private static String shown(Object value) {
        if (value instanceof java.util.Collection<?> items) {
            return "a list of " + items.size();
        }
        if (value instanceof java.util.Map<?, ?> entries) {
            return "an object of " + entries.size() + " members";
        }
        var text = value.toString();
        return "\"" + (text.length() > 64 ? text.substring(0, 64) + "…" : text) + "\"";
    }

    private static ApiException ofMapping(JsonMappingException mapping) {
        var path = pathOf(mapping);
        if (mapping instanceof UnrecognizedPropertyException unknown) {
            List<String> known = new ArrayList<>();
            if (unknown.getKnownPropertyIds() != null) {
                unknown.getKnownPropertyIds().forEach(id -> known.add(id.toString()));
            }
            known.sort(null);
            return new ApiException(
                    ErrorCode.UNKNOWN_FIELD,
                    path + " is not known here. Known are: " + String.join(", ", known) + ".",
                    path);
        }
        if (mapping instanceof InvalidNullException) {
            return new ApiException(ErrorCode.FIELD_INVALID, path + " must not be null; leave it out.", path);
        }
        if (mapping instanceof InvalidFormatException format) {
            var type = format.getTargetType();
            var expected = type != null && type.isEnum() ? "; it is one of " + constants(type) : "";
            return new ApiException(
                    ErrorCode.FIELD_INVALID, path + " is " + shown(format.getValue()) + expected + ".", path);
        }
        if (mapping instanceof MismatchedInputException mismatch) {
            return new ApiException(
                    ErrorCode.FIELD_INVALID,
                    path + " has the wrong type; it is " + jsonTypeOf(mismatch.getTargetType()) + ".",
                    path);
        }
        // An enum's own factory method refused.
        var refusing = mapping instanceof ValueInstantiationException refused
                ? refused.getType().getRawClass()
                : Object.class;
        return new ApiException(
                ErrorCode.FIELD_INVALID,
                path + " has a value that it cannot have"
                        + (refusing.isEnum() ? "; it is one of " + constants(refusing) : "") + ".",
                path);
    }

    private static String jsonTypeOf(Class<?> type) {
        if (type == null) {
            return "something else";
        }
        if (type == String.class || type.isEnum()) {
            return "a string";
        }
        if (type == Boolean.class || type == boolean.class) {
            return "true or false";
        }
        if (Number.class.isAssignableFrom(type) || type.isPrimitive()) {
            return "a number";
        }
        return java.util.Collection.class.isAssignableFrom(type) ? "an array" : "an object";
    }

    private static String pathOf(JsonMappingException mapping) {
        var path = new StringBuilder("$");
        for (var reference : mapping.getPath()) {
            if (reference.getFieldName() != null) {
                path.append('.').append(reference.getFieldName());
            } else {
                path.append('[').append(reference.getIndex()).append(']');
            }
        }
        return path.toString();
    }
}
