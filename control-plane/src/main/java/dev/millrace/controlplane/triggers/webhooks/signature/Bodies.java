package dev.millrace.controlplane.triggers.webhooks.signature;

import dev.millrace.manifest.InvalidJsonException;
import dev.millrace.manifest.Json;
import dev.millrace.manifest.JsonValue;
import java.util.Optional;
import java.util.OptionalLong;

/** Single members of bodies that are JSON objects. Read only once the signature has been checked. */
final class Bodies {

    private Bodies() {}

    static Optional<String> text(byte[] body, String member) {
        return member(body, member).map(value -> value instanceof JsonValue.Text text ? text.value() : null);
    }

    static OptionalLong number(byte[] body, String member) {
        var number = member(body, member).map(value -> value instanceof JsonValue.Number some ? some.value() : null);
        try {
            return number.isPresent() ? OptionalLong.of(number.get().longValueExact()) : OptionalLong.empty();
        } catch (ArithmeticException e) {
            return OptionalLong.empty();
        }
    }

    private static Optional<JsonValue> member(byte[] body, String member) {
        try {
            return Json.read(body) instanceof JsonValue.Object object
                    ? Optional.ofNullable(object.members().get(member))
                    : Optional.empty();
        } catch (InvalidJsonException e) {
            return Optional.empty();
        }
    }
}
