package dev.millrace.controlplane.workflows;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.shard.Shards;
import dev.millrace.controlplane.tenancy.Principal;
import dev.millrace.engine.VersionRef;
import dev.millrace.expression.ManifestExpressions;
import dev.millrace.manifest.InvalidJsonException;
import dev.millrace.manifest.InvalidManifestException;
import dev.millrace.manifest.Json;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.ManifestHashes;
import dev.millrace.manifest.ManifestJson;
import dev.millrace.manifest.ManifestProblem;
import dev.millrace.manifest.ManifestRules;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.stream.Collectors;

/** Takes manifests in: reads them strictly, checks them, stores them once, and tells the engine. Methods block. */
@Singleton
final class Registrar {
    /** The largest manifest. */
    static final int MAX_BYTES = 4 << 20;

    private final WorkflowRows rows;
    private final Workflows workflows;
    private final Shards shards;
    private final Clock clock;
    private final List<LatestVersionListener> listeners;

    Registrar(
            WorkflowRows rows, Workflows workflows, Shards shards, Clock clock, List<LatestVersionListener> listeners) {
        this.rows = rows;
        this.workflows = workflows;
        this.shards = shards;
        this.clock = clock;
        this.listeners = List.copyOf(listeners);
    }

    record Registered(VersionRef ref, boolean created) {}

    /**
     * Registers a manifest; the same one again changes nothing.
     *
     * @throws ApiException when it is too large, too new, no manifest, breaks a rule, or belongs to another service
     */
    Registered register(Principal by, byte[] json) {
        if (json.length > MAX_BYTES) {
            throw new ApiException(
                    ErrorCode.MANIFEST_TOO_LARGE,
                    "The manifest has %,d bytes; the limit is %,d. Split the workflow."
                            .formatted(json.length, MAX_BYTES),
                    "$");
        }
        var manifest = read(json);
        var hashes = ManifestHashes.of(manifest);
        var ref = new VersionRef(manifest.workflow(), hashes.version());
        var now = clock.instant();
        boolean created = rows.register(
                by,
                new WorkflowRows.NewVersion(
                        ref.workflow(),
                        ref.hash(),
                        hashes.shape(),
                        manifest.visibility(),
                        Json.canonical(ManifestJson.toJson(manifest)).getBytes(StandardCharsets.UTF_8)),
                now,
                connection -> {
                    for (var listener : listeners) {
                        listener.becameLatest(connection, by, manifest, now);
                    }
                });
        // The engine is told in either case: a version that was stored just before a crash may not have reached it.
        shards.define(by.tenant(), by.service(), ref, manifest);
        if (created) {
            workflows.registered(by.tenant(), ref.workflow());
            listeners.forEach(listener -> listener.committed(by.tenant(), manifest));
        }
        return new Registered(ref, created);
    }

    private static Manifest read(byte[] json) {
        Manifest manifest;
        List<ManifestProblem> problems;
        try {
            manifest = ManifestJson.fromJson(Json.read(json));
            problems = ManifestRules.check(manifest);
            if (problems.isEmpty()) {
                // What could only fail in the middle of a run.
                problems = ManifestExpressions.check(manifest);
            }
        } catch (InvalidJsonException e) {
            throw new ApiException(ErrorCode.named(e.code()), e.getMessage(), e.path());
        } catch (InvalidManifestException e) {
            throw new ApiException(ErrorCode.named(e.code()), e.getMessage(), path(e.path()));
        }
        if (problems.isEmpty()) {
            return manifest;
        }
        var first = problems.get(0);
        throw new ApiException(
                first.code().equals("MANIFEST_TOO_LARGE") ? ErrorCode.MANIFEST_TOO_LARGE : ErrorCode.MANIFEST_INVALID,
                problems.stream()
                        .limit(10)
                        .map(problem -> problem.code() + ": " + problem.message())
                        .collect(Collectors.joining(" ")),
                path(first.path()));
    }

    private static String path(String member) {
        return member.isEmpty() ? "$" : "$." + member;
    }
}
