package dev.millrace.bench.processes;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The control plane that is measured: one of our own ({@link OwnControlPlane}), or one that is running already. For one
 * thread.
 */
public sealed interface ControlPlane extends AutoCloseable permits OwnControlPlane, ControlPlane.Running {

    /** How the SDK finds it: environment for the worker and the load process. */
    Map<String, String> environment();

    /** Its process, if it is one of ours. */
    OptionalLong pid();

    /** The first process of its PostgreSQL, if it is one of ours. */
    OptionalLong postgresPid();

    /** The account of its PostgreSQL, if it is one of ours. */
    Optional<PostgresAccount> postgres();

    @Override
    void close();

    /** One that is running already; the SDK takes the token from the environment. */
    record Running(String url) implements ControlPlane {
        @Override
        public Map<String, String> environment() {
            return Map.of("MILLRACE_URL", url);
        }

        @Override
        public OptionalLong pid() {
            return OptionalLong.empty();
        }

        @Override
        public OptionalLong postgresPid() {
            return OptionalLong.empty();
        }

        @Override
        public Optional<PostgresAccount> postgres() {
            return Optional.empty();
        }

        @Override
        public void close() {}
    }
}
