package dev.millrace.rest;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One call on its way to {@link RestClient#send}: filled in by a generated operation, used once, by one thread. */
final class RestCall {
    private final String method;
    private final String template;
    private final Map<String, String> pathValues = new LinkedHashMap<>();
    private final List<Parameter> queryParameters = new ArrayList<>();
    private final List<Parameter> headers = new ArrayList<>();
    private Object body;

    record Parameter(String name, String value) {}

    private RestCall(String method, String template) {
        this.method = method;
        this.template = template;
    }

    /** @param template the path as the contract has it, such as {@code /api/v1/runs/{runId}} */
    static RestCall of(String method, String template) {
        return new RestCall(method, template);
    }

    void path(String name, Object value) {
        if (value == null || value.toString().isEmpty()) {
            throw new IllegalArgumentException(method + " " + template + " needs a value for \"" + name + "\".");
        }
        if (value.toString().equals(".") || value.toString().equals("..")) {
            // In a path these mean "here" and "up": the call would reach another operation than the one meant.
            throw new IllegalArgumentException(
                    "\"" + name + "\" cannot be \"" + value + "\" in " + method + " " + template + ".");
        }
        pathValues.put(name, value.toString());
    }

    /** A list is sent as one parameter per element; null, which means "not set", is not sent at all. */
    void query(String name, Object value) {
        add(queryParameters, name, value);
    }

    void header(String name, Object value) {
        add(headers, name, value);
    }

    void body(Object value) {
        if (value == null) {
            throw new IllegalArgumentException(method + " " + template + " needs a body.");
        }
        body = value;
    }

    String method() {
        return method;
    }

    /** The segments of the path, filled in but not encoded. */
    List<String> pathSegments() {
        var segments = new ArrayList<String>();
        for (String segment : template.substring(1).split("/")) {
            boolean isVariable = segment.startsWith("{") && segment.endsWith("}");
            segments.add(isVariable ? pathValues.get(segment.substring(1, segment.length() - 1)) : segment);
        }
        return segments;
    }

    List<Parameter> queryParameters() {
        return queryParameters;
    }

    List<Parameter> headers() {
        return headers;
    }

    Optional<Object> body() {
        return Optional.ofNullable(body);
    }

    /** For messages: the operation, not its values. */
    @Override
    public String toString() {
        return method + " " + template;
    }

    private static void add(List<Parameter> to, String name, Object value) {
        if (value instanceof Iterable<?> several) {
            several.forEach(one -> to.add(new Parameter(name, String.valueOf(one))));
        } else if (value != null) {
            to.add(new Parameter(name, value.toString()));
        }
    }
}
