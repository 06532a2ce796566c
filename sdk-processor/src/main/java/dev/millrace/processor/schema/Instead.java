package dev.millrace.processor.schema;

import dev.millrace.processor.model.TypeSystem;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeMirror;

/** What to use instead of a type of the platform that cannot be stored. */
final class Instead {
    private static final Map<String, String> BY_TYPE = byType();

    private Instead() {}

    /** What to do, as a message says it. */
    static String of(TypeMirror type, TypeSystem types) {
        for (var entry : BY_TYPE.entrySet()) {
            if (types.extendsClass(type, entry.getKey())) {
                return entry.getValue();
            }
        }
        return isFunction(type)
                ? "keep the code in the class of the workflow, and store the values that it works on."
                : "use a record that holds what is needed of it.";
    }

    /** Whether objects of a type are mostly lambdas, of which nothing could be read back. */
    private static boolean isFunction(TypeMirror type) {
        return type instanceof DeclaredType declared
                && declared.asElement().getAnnotation(FunctionalInterface.class) != null;
    }

    private static Map<String, String> byType() {
        var time = "use a type of java.time, such as Instant or LocalDate.";
        var file = "use its address as a String or URI; the next step may run on another machine.";
        var later = "return a CompletionStage, or the value itself.";
        var map = new LinkedHashMap<String, String>();
        map.put("java.util.Date", time);
        map.put("java.util.Calendar", time);
        map.put("java.util.TimeZone", "use java.time.ZoneId.");
        map.put("java.io.File", file);
        map.put("java.nio.file.Path", file);
        map.put("java.io.InputStream", "store what is in it elsewhere, and use its address as a String or URI.");
        map.put("java.io.Reader", "store what is in it elsewhere, and use its address as a String or URI.");
        map.put("java.util.concurrent.Future", later);
        map.put("java.util.stream.BaseStream", "use a List.");
        map.put("java.util.Iterator", "use a List.");
        return map;
    }
}
