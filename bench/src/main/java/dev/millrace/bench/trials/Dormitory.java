package dev.millrace.bench.trials;

import dev.millrace.bench.processes.BenchException;
import dev.millrace.bench.processes.Jcmd;
import dev.millrace.bench.processes.OwnControlPlane;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/** What a control plane has of runs that sleep: by its metrics, by its tables, and by its heap. For one thread. */
final class Dormitory implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final OwnControlPlane controlPlane;
    private final GcLog gc;
    private final HttpClient http = HttpClient.newHttpClient();
    private final Connection connection;

    Dormitory(OwnControlPlane controlPlane, GcLog gc) {
        this.controlPlane = controlPlane;
        this.gc = gc;
        try {
            this.connection = controlPlane.postgres().orElseThrow().connect("millrace");
        } catch (SQLException e) {
            throw new BenchException("The database cannot be asked: " + e.getMessage() + ".", e);
        }
    }

    /** How many runs sleep and are stored: they wait, and there is a time that ends it. */
    long asleep() {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(
                        "/* bench.asleep */ SELECT count(*) FROM core.run WHERE wake_at IS NOT NULL AND lane IS NULL")) {
            rows.next();
            return rows.getLong(1);
        } catch (SQLException e) {
            throw new BenchException("The sleeping runs cannot be counted: " + e.getMessage() + ".", e);
        }
    }

    /** How many runs are in memory, and how many changes are not written yet. */
    double awake() {
        var text = metrics();
        return value(text, "millrace_runs_resident") + value(text, "millrace_projection_lag_changes");
    }

    private String metrics() {
        var request = HttpRequest.newBuilder(
                        URI.create(controlPlane.environment().get("MILLRACE_URL") + "/metrics"))
                .header("Authorization", "Bearer " + Ground.METRICS_TOKEN)
                .timeout(LIMIT)
                .build();
        try {
            var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new BenchException("The metrics cannot be read: " + answer.statusCode() + " " + answer.body());
            }
            return answer.body();
        } catch (IOException e) {
            throw new BenchException("The metrics cannot be read: " + e + ".", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("The benchmark was interrupted while it read the metrics.", e);
        }
    }

    /** The value of a metric without labels in the text form of Prometheus. */
    static double value(String text, String metric) {
        return text.lines()
                .filter(line -> line.startsWith(metric + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(metric.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new BenchException("There is no metric " + metric + "."));
    }

    /** What is left of the heap after a collection of everything, to a megabyte. */
    long liveBytes() {
        int before = gc.full().size();
        Jcmd.collect(controlPlane.pid().orElseThrow());
        var full = gc.full();
        if (full.size() == before) {
            throw new BenchException("The collection of the control plane's heap is not in its log " + gc.file() + ".");
        }
        return full.get(full.size() - 1) * 1_048_576L;
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            // The server is going down anyway.
        }
    }
}
