package dev.millrace.processor;

import static dev.millrace.processor.Compilation.compile;
import static dev.millrace.processor.Compilation.shop;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TypeTest {

    @Test
    void bytesOfAnyNumberAreWarnedOfOnce() {
        compile("""
                @Workflow class Scans {
                  @Step Scan scan(Order /*>*/order) { return null; }
                  @Step List<byte[]> /*>*/split(Scan scan) { return List.of(); }
                  @SuppressWarnings("Millrace/LargeBinary") @Step byte[] join(List<byte[]> parts, Order order) { return null; }
                }
                record Order(String id, Scan template) {}
                record Scan(byte[] pages, @jakarta.validation.constraints.Size(max = 65536) byte[] digest) {}
                """).warnsWith("""
                [Millrace/LargeBinary] Scan.pages holds bytes of any number (input, parameter 'order' of scan()): they are stored in the run as text, a third longer, and sent to each step that takes them.
                    A value of more than 1 MiB fails its step.
                    If it is meant, say so: @SuppressWarnings("Millrace/LargeBinary")
                    Fix: store them elsewhere and pass their address; or bound them with @Size(max = …), to 65536 at most.""", """
                [Millrace/LargeBinary] List<byte[]> holds bytes of any number (result of split()): they are stored in the run as text, a third longer, and sent to each step that takes them.
                    A value of more than 1 MiB fails its step.
                    If it is meant, say so: @SuppressWarnings("Millrace/LargeBinary")
                    Fix: store them elsewhere and pass their address; or bound them with @Size(max = …), to 65536 at most.""");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Object | Object could be anything, so nobody knows what to read back | write the type itself.",
                "List | List is raw, so nobody knows what is in it | write its type arguments, as in List<Order>.",
                "List<?> | ? is a wildcard, so nobody knows what to read back | write the type itself.",
                "List<? extends Order> | ? extends Order is a wildcard, so nobody knows what to read back | write the type itself.",
                "java.io.InputStream | InputStream cannot be stored between steps | store what is in it elsewhere, and use its address as a String or URI.",
                "java.util.Date | Date cannot be stored between steps | use a type of java.time, such as Instant or LocalDate.",
                "java.nio.file.Path | Path cannot be stored between steps | use its address as a String or URI; the next step may run on another machine.",
                "java.util.concurrent.Future<String> | Future<String> cannot be stored between steps | return a CompletionStage, or the value itself.",
                "java.util.stream.Stream<String> | Stream<String> cannot be stored between steps | use a List.",
                "Thread | Thread cannot be stored between steps | use a record that holds what is needed of it.",
                "Runnable | Runnable cannot be stored between steps | keep the code in the class of the workflow, and store the values that it works on.",
                "Shape | Shape is an interface with no permitted subtypes, so a stored value could not be read back | make it sealed, or use a record.",
                "Abstract | Abstract is abstract, so a stored value could not be read back | make it sealed, or use a record.",
                "Closed | Closed has no constructor without parameters, so it could not be read back | make it a record.",
                "Empty | Empty has no properties (public getter and setter), so nothing of it would be stored | make it a record.",
                "ReadOnly | ReadOnly has getName() but no setter for it, so its value could not be read back | add the setter, or make ReadOnly a record.",
                "Bad.Inner | Bad.Inner is an inner class and cannot be made without its outer object | make it static or a record.",
                "Map<Order, String> | Map<Order, String> has keys of type Order, but JSON has only texts as keys | use String, UUID, Integer, Long or an enum as the key.",
                "List<Optional<String>> | Optional<String> stands where no value can be missing | use Optional as the type of a record component, not inside a collection.",
                "Holder | Object (in Holder.content) could be anything, so nobody knows what to read back | write the type itself.",
                "Deep | Thread (in Holder2.content) cannot be stored between steps | use a record that holds what is needed of it.",
                "Grows<String> | Grows<GROWN> (in Grows.next) never ends: it contains itself with ever other type arguments | make it a plain type.",
                "Typed | Typed permits Car, whose component 'type' stands where the stored value says which variant it is | rename the component.",
                "Mixed | Mixed permits Plain, which is no plain record | make Plain a record without type parameters."
            })
    void whatCannotBeStoredIsRefused(String type, String complaint, String fix) {
        var found = compile("""
                @Workflow class Bad {
                  @Step %s /*>*/load(Order order) { return null; }
                  class Inner { public String a; }
                }
                record Order(String id) {}
                interface Shape {}
                abstract class Abstract {}
                class Closed { public String a; Closed(String a) { this.a = a; } }
                class Empty {}
                class ReadOnly { public int a; public String getName() { return ""; } }
                record Holder(Object content) {}
                record Holder2(List<Thread> content) {}
                record Deep(Map<String, Holder2> holders) {}
                record Grows<T>(Grows<List<T>> next) {}
                sealed interface Typed {}
                record Car(String type) implements Typed {}
                sealed interface Mixed {}
                final class Plain implements Mixed { public String a; }
                """.formatted(type));
        if (type.startsWith("Grows")) {
            found.failsMentioning("never ends: it contains itself with ever other type arguments (result of load()).");
        } else {
            found.failsWith("[Millrace/NotSerializable] " + complaint + " (result of load()).\n    Fix: " + fix);
        }
    }

    @Test
    void theInputIsStoredToo() {
        compile("""
                @Workflow class Bad {
                  @Step String load(Thread /*>*/thread) { return ""; }
                  @Step String store(Thread thread, @From("load") String name) { return name; }
                }
                """).failsWith("""
                [Millrace/NotSerializable] Thread cannot be stored between steps (input, parameter 'thread' of load()).
                    Fix: use a record that holds what is needed of it.""");
    }

    @Test
    void aTypeThatTwoStepsReturnIsToldOnce() {
        compile("""
                @Workflow class Bad {
                  @Step Thread /*>*/load(String id) { return null; }
                  @Step List<Thread> store(String id) { return null; }
                }
                """).failsWith("""
                [Millrace/NotSerializable] Thread cannot be stored between steps (result of load()).
                    Fix: use a record that holds what is needed of it.""");
    }

    @Test
    void anAnnotationThatChangesTheJsonIsRefused() {
        compile(
                        shop("Bad", """
                import com.fasterxml.jackson.annotation.*;
                @Workflow class Bad {
                  @Step Payment /*>*/load(String id) { return null; }
                }
                record Payment(@JsonProperty("id") String key, @JsonFormat LocalDate due) {}
                """),
                        new Compilation.Source("com/fasterxml/jackson/annotation/JsonFormat.java", """
                package com.fasterxml.jackson.annotation; public @interface JsonFormat {}
                """),
                        new Compilation.Source("com/fasterxml/jackson/annotation/JsonProperty.java", """
                package com.fasterxml.jackson.annotation; public @interface JsonProperty { String value(); }
                """))
                .failsWith("""
                [Millrace/NotSerializable] Payment.due has @JsonFormat, which changes its JSON in a way the compiler does not know; one fixed mapping holds between steps (result of load()).
                    Fix: remove it; @JsonProperty("name") is understood.""");
    }

    @Test
    void generatedCodeCanNameTheTypes() {
        compile("""
                @Workflow class Bad {
                  @Step Payment /*>*/charge(List<Item> /*>*/items) { return null; }
                  private record Payment(String id) {}
                  private record Item(String id) {}
                }
                """).failsWith("""
                [Millrace/PrivateType] Bad.Payment is private, so generated code cannot name it (result of charge()).
                    Fix: make it package-private or public.""", """
                [Millrace/PrivateType] Bad.Item is private, so generated code cannot name it (parameter 'items' of charge()).
                    Fix: make it package-private or public.""");
    }
}
