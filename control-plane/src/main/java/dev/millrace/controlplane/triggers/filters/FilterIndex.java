package dev.millrace.controlplane.triggers.filters;

import dev.millrace.manifest.SchemaCheck;
import dev.millrace.manifest.SchemaProblem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The filters of a tenant by the names of events that they ask for: a tree of the parts of names, so that finding those of one
 * event costs by the length of its name and what is found, however many others there are. With them goes what events of some names
 * must look like. Immutable; safe for use by several threads.
 */
public final class FilterIndex {
    private static final String ANY = "*";

    private final Node root = new Node();
    private final Map<String, SchemaCheck> schemas;
    private final int size;

    private static final class Node {
        private final Map<String, Node> next = new HashMap<>(4);
        private final List<Candidate> here = new ArrayList<>(1);
    }

    FilterIndex(List<Candidate> candidates, Map<String, SchemaCheck> schemas) {
        this.schemas = Map.copyOf(schemas);
        this.size = candidates.size();
        for (var candidate : candidates) {
            var node = root;
            for (var part : parts(candidate.filter().pattern())) {
                node = node.next.computeIfAbsent(part, any -> new Node());
            }
            node.here.add(candidate);
        }
    }

    /** The filters that ask for events of this name and scope, disabled ones too. */
    public List<Candidate> of(String name, String scope) {
        if (size == 0) {
            return List.of();
        }
        List<Candidate> found = new ArrayList<>();
        collect(root, parts(name), 0, scope, found);
        return found;
    }

    private static void collect(Node node, String[] parts, int at, String scope, List<Candidate> found) {
        if (at == parts.length) {
            for (var candidate : node.here) {
                var wanted = candidate.filter().scope();
                if (wanted.isEmpty() || wanted.equals(scope)) {
                    found.add(candidate);
                }
            }
            return;
        }
        var exact = node.next.get(parts[at]);
        if (exact != null) {
            collect(exact, parts, at + 1, scope, found);
        }
        var any = node.next.get(ANY);
        if (any != null) {
            collect(any, parts, at + 1, scope, found);
        }
    }

    private static String[] parts(String name) {
        return name.split("\\.", -1);
    }

    /**
     * Holds the data of an event against what events of its name look like, if anybody has said so.
     *
     * @param data checked JSON
     * @return what is wrong; empty if it fits
     */
    public List<SchemaProblem> problems(String name, byte[] data) {
        var schema = schemas.get(name);
        return schema == null ? List.of() : schema.check(data);
    }

    /** How many filters there are. */
    public int size() {
        return size;
    }
}
