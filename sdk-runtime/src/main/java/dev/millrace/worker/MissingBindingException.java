package dev.millrace.worker;

import dev.millrace.connection.MillraceException;
import java.util.List;

/** Thrown when a worker is given an object whose class the annotation processor has not seen. */
public final class MissingBindingException extends MillraceException {
    private static final long serialVersionUID = 1L;

    MissingBindingException(List<String> classes, Throwable cause) {
        super("BINDING_MISSING", message(classes), cause);
    }

    private static String message(List<String> classes) {
        return (classes.size() == 1
                        ? "Class " + classes.get(0) + " has"
                        : "Classes " + String.join(", ", classes) + " have")
                + " no generated binding, so a worker cannot call their steps. The compiler writes it where the class is"
                + " annotated with @Workflow and the annotation processor runs; three things keep it from running:\n"
                + "  1. millrace-sdk-processor is not on the processor path: Maven, maven-compiler-plugin,"
                + " <annotationProcessorPaths>; Gradle, annotationProcessor(\"dev.millrace:millrace-sdk-processor:…\").\n"
                + "  2. It is only on the class path and the JDK is 23 or newer, which no longer looks there: use the processor"
                + " path, or compile with -proc:full.\n"
                + "  3. The IDE compiles without it: switch annotation processing on, or let the IDE build with Maven or"
                + " Gradle.";
    }
}
