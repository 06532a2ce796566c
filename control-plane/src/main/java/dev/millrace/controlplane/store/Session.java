package dev.millrace.controlplane.store;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** What a connection is for; each kind has settings of its own, in force from its first statement on. */
public enum Session {
    /** Stores commits. Its plans are made once: the tables are small or reached by key, so a second thought only costs. */
    WRITER(true, 10, 15, true),
    /** Writes images. A lost tail is written again, so its commits need not wait for the disk. */
    PROJECTOR(false, 60, 75, true),
    /** Reads for the engine and the work around it: leases, recovery, loads. */
    OWNER(true, 60, 75, false),
    /** Answers requests, as the role that row-level security binds. */
    REQUEST(true, 20, 30, false),
    /** Stores and reads what steps emit, as the same role. */
    STREAM(true, 20, 30, false);

    private final boolean durable;
    private final int statementSeconds;
    private final int socketSeconds;
    private final boolean fixedPlans;

    Session(boolean durable, int statementSeconds, int socketSeconds, boolean fixedPlans) {
        this.durable = durable;
        this.statementSeconds = statementSeconds;
        this.socketSeconds = socketSeconds;
        this.fixedPlans = fixedPlans;
    }

    /** After so much silence the connection counts as broken; longer than the database may take for a statement. */
    int socketSeconds() {
        return socketSeconds;
    }

    String applicationName() {
        return "millrace-" + name().toLowerCase(java.util.Locale.ROOT);
    }

    /** The settings as the driver hands them to the server when it connects. */
    String options() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("synchronous_commit", durable ? "on" : "off");
        settings.put("statement_timeout", statementSeconds + "s");
        settings.put("idle_in_transaction_session_timeout", "120s");
        settings.put("lock_timeout", "10s");
        settings.put("jit", "off");
        settings.put("timezone", "UTC");
        settings.put("search_path", "pg_catalog");
        boolean bound = this == REQUEST || this == STREAM;
        if (!bound) {
            settings.put("plan_cache_mode", "force_generic_plan");
        }
        if (fixedPlans) {
            settings.put("enable_hashjoin", "off");
            settings.put("enable_mergejoin", "off");
            settings.put("enable_seqscan", "off");
        }
        if (bound) {
            settings.put("role", "millrace_request");
        }
        if (this == WRITER) {
            // The lock that this connection holds must not outlive the process, wherever that runs.
            settings.put("tcp_keepalives_idle", "3");
            settings.put("tcp_keepalives_interval", "1");
            settings.put("tcp_keepalives_count", "3");
        }
        return settings.entrySet().stream()
                .map(setting -> "-c " + setting.getKey() + "=" + setting.getValue())
                .collect(Collectors.joining(" "));
    }
}
