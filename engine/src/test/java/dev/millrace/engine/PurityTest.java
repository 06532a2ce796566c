package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The core asks nobody what time it is, draws no lots, starts no thread and touches no file: read from its class files. */
class PurityTest {
    private static final List<String> FORBIDDEN_OWNERS = List.of(
            "java/time/Clock",
            "java/util/Random",
            "java/util/SplittableRandom",
            "java/util/concurrent/",
            "java/util/Timer",
            "java/util/IdentityHashMap",
            "java/util/WeakHashMap",
            "java/lang/Thread",
            "java/lang/Process",
            "java/lang/Runtime.",
            "java/io/",
            "java/nio/file/",
            "java/nio/channels/",
            "java/net/",
            "java/sql/",
            "javax/");
    private static final List<String> FORBIDDEN_METHODS = List.of(
            "java/time/Instant.now",
            "java/lang/System.currentTimeMillis",
            "java/lang/System.nanoTime",
            "java/lang/System.identityHashCode",
            "java/lang/System.getProperty",
            "java/lang/System.getenv",
            "java/lang/Math.random",
            "java/util/UUID.randomUUID",
            "java/util/Collections.shuffle",
            "java/util/Collection.parallelStream");

    @Test
    void theCoreKnowsNoClockNoChanceNoThreadAndNoFile() throws Exception {
        var found = new ArrayList<String>();
        var root = Path.of(
                Shard.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        try (Stream<Path> files = Files.walk(root.resolve("dev/millrace/engine"))) {
            var classes =
                    files.filter(file -> file.toString().endsWith(".class")).toList();
            assertThat(classes).hasSizeGreaterThan(50);
            for (var file : classes) {
                for (var call : calls(file)) {
                    if (FORBIDDEN_METHODS.contains(call)
                            || FORBIDDEN_OWNERS.stream().anyMatch(call::startsWith)) {
                        found.add(root.relativize(file) + " calls " + call);
                    }
                }
            }
        }
        assertThat(found).isEmpty();
    }

    @Test
    void aForbiddenCallWouldBeFound() throws Exception {
        var root = Path.of(PurityTest.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        assertThat(calls(root.resolve("dev/millrace/engine/PurityTest.class")))
                .contains("java/nio/file/Files.walk", "java/io/DataInputStream.readUnsignedByte");
    }

    /** Every method and field that a class names, as {@code owner.name}, from its constant pool (JVMS §4.4). */
    private static Iterable<String> calls(Path file) throws IOException {
        Map<Integer, String> texts = new HashMap<>();
        Map<Integer, Integer> names = new HashMap<>();
        var members = new ArrayList<int[]>();
        try (var in = new DataInputStream(Files.newInputStream(file))) {
            in.readLong();
            int count = in.readUnsignedShort();
            for (int i = 1; i < count; i++) {
                int tag = in.readUnsignedByte();
                switch (tag) {
                    case 1 -> texts.put(i, in.readUTF());
                    case 3, 4 -> in.readInt();
                    case 5, 6 -> {
                        in.readLong();
                        i++; // takes two places
                    }
                    case 7, 12 -> {
                        names.put(i, in.readUnsignedShort());
                        if (tag == 12) {
                            in.readUnsignedShort();
                        }
                    }
                    case 8, 16, 19, 20 -> in.readUnsignedShort();
                    case 9, 10, 11 -> members.add(new int[] {in.readUnsignedShort(), in.readUnsignedShort()});
                    case 15 -> {
                        in.readUnsignedByte();
                        in.readUnsignedShort();
                    }
                    case 17, 18 -> in.readInt();
                    default -> throw new IOException("No constant has tag " + tag + ".");
                }
            }
        }
        var calls = new TreeSet<String>();
        for (var member : members) {
            calls.add(texts.get(names.get(member[0])) + "." + texts.get(names.get(member[1])));
        }
        return calls;
    }
}
