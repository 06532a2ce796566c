package dev.millrace.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Commands that wait for something to be read from the store, and what was found to be absent. */
final class Loads {
    private final Map<Long, Set<UniqueKey>> keyLoads = new LinkedHashMap<>();
    private final Map<Long, RunId> runLoads = new HashMap<>();
    private final Map<Long, List<Command>> waiting = new HashMap<>();
    private final Map<UniqueKey, Long> loadingKeys = new HashMap<>();
    private final Map<RunId, Long> loadingRuns = new HashMap<>();
    private long last;

    /** Parks a start until its keys are read; answers the load to ask for, or 0 when it waits behind one under way. */
    long park(Command.StartRuns command, Set<UniqueKey> unknown) {
        for (var key : unknown) {
            Long load = loadingKeys.get(key);
            if (load != null) {
                waiting.get(load).add(command);
                return 0;
            }
        }
        long load = ++last;
        keyLoads.put(load, new LinkedHashSet<>(unknown));
        unknown.forEach(key -> loadingKeys.put(key, load));
        waiting.put(load, new ArrayList<>(List.of(command)));
        return load;
    }

    long park(Command command, RunId run) {
        Long under = loadingRuns.get(run);
        if (under != null) {
            waiting.get(under).add(command);
            return 0;
        }
        long load = ++last;
        runLoads.put(load, run);
        loadingRuns.put(run, load);
        waiting.put(load, new ArrayList<>(List.of(command)));
        return load;
    }

    /** The keys of a load that has been answered; a load of before a recovery has none. */
    Set<UniqueKey> keysLoaded(long load) {
        var keys = keyLoads.remove(load);
        if (keys == null) {
            return Set.of();
        }
        keys.forEach(loadingKeys::remove);
        return new HashSet<>(keys);
    }

    void runLoaded(long load) {
        var run = runLoads.remove(load);
        if (run != null) {
            loadingRuns.remove(run);
        }
    }

    List<Command> released(long load) {
        var commands = waiting.remove(load);
        return commands == null ? List.of() : commands;
    }
}
