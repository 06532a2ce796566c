package dev.millrace.controlplane.dispatch;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.tenancy.Principal;
import dev.millrace.controlplane.workflows.Workflows;
import dev.millrace.engine.AttemptRef;
import dev.millrace.engine.VersionRef;
import dev.millrace.engine.WorkerId;
import dev.millrace.engine.WorkerInfo;
import dev.millrace.manifest.Names;
import dev.millrace.manifest.placement.LabelRequirement;
import dev.millrace.protocol.worker.v1.Hello;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Reads what a worker says first, and refuses workers that cannot be served. */
final class Hellos {
    /** The version of the protocol that this server speaks. */
    static final int PROTOCOL_VERSION = 1;

    private static final int MAX_SLOTS = 100_000;
    private static final int MAX_LABELS = 64;
    private static final int MAX_SLOT_KINDS = 16;
    private static final int MAX_VERSIONS = 1_000;
    private static final int MAX_RUNNING = 200_000;
    private static final int MAX_TEXT = 256;

    private Hellos() {}

    /** What the shard is told of a worker. */
    record Read(WorkerInfo worker, List<AttemptRef> running) {}

    /** @throws ApiException when the worker speaks another version, or says what cannot be */
    static Read read(Hello hello) {
        if (hello.getProtocolVersion() != PROTOCOL_VERSION) {
            throw new ApiException(
                    ErrorCode.PROTOCOL_VERSION_UNSUPPORTED,
                    "This server speaks version " + PROTOCOL_VERSION + " of the worker protocol, the worker speaks "
                            + Integer.toUnsignedString(hello.getProtocolVersion()) + " (" + shown(hello.getSdk())
                            + "). Use an SDK of the server's version, or upgrade the server.");
        }
        var id = new WorkerId(Wire.uuid(hello.getWorkerId(), "worker_id"));
        if (hello.getSlots() < 1 || hello.getSlots() > MAX_SLOTS) {
            throw Wire.violation("the worker has " + Integer.toUnsignedString(hello.getSlots())
                    + " slots; it must have 1 to " + MAX_SLOTS);
        }
        requireAtMost(hello.getSlotKindsCount(), MAX_SLOT_KINDS, "kinds of slots");
        hello.getSlotKindsMap().forEach(Hellos::requireKind);
        requireAtMost(hello.getLabelsCount(), MAX_LABELS, "labels");
        requireAtMost(hello.getVersionsCount(), MAX_VERSIONS, "versions");
        requireAtMost(hello.getRunningCount(), MAX_RUNNING, "running attempts");
        hello.getLabelsMap().forEach((name, value) -> {
            if (name.isEmpty()
                    || name.length() > MAX_TEXT
                    || value.length() > MAX_TEXT
                    || (name + value).indexOf(0) >= 0) {
                throw Wire.violation("the label " + shown(name) + " is empty, longer than " + MAX_TEXT
                        + " characters or holds U+0000");
            }
        });
        List<VersionRef> versions = new ArrayList<>();
        hello.getVersionsList()
                .forEach(version -> versions.add(new VersionRef(version.getWorkflow(), version.getVersion())));
        Map<String, String> builds = new HashMap<>();
        for (var version : hello.getVersionsList()) {
            var build = version.getBuildId();
            if (!build.isEmpty()) {
                requireBuild(version.getWorkflow(), build);
                builds.put(version.getWorkflow(), build);
            }
        }
        if (versions.isEmpty()) {
            throw Wire.violation("the worker serves no version; register its manifests and name them");
        }
        List<AttemptRef> running = new ArrayList<>();
        hello.getRunningList().forEach(attempt -> running.add(Wire.attempt(attempt)));
        return new Read(
                new WorkerInfo(
                        id,
                        shown(hello.getName()),
                        hello.getSlots(),
                        hello.getLabelsMap(),
                        versions,
                        hello.getSlotKindsMap(),
                        builds),
                running);
    }

    private static void requireBuild(String workflow, String build) {
        if (!LabelRequirement.isText(build)) {
            throw Wire.violation("the build of workflow " + shown(workflow) + " is called " + shown(build)
                    + "; a build has 1 to " + LabelRequirement.LONGEST
                    + " characters and none that controls a terminal");
        }
    }

    private static void requireKind(String kind, int slots) {
        if (!Names.isName(kind) || slots < 1 || slots > MAX_SLOTS) {
            throw Wire.violation("the worker has " + Integer.toUnsignedString(slots) + " slots of kind " + shown(kind)
                    + "; a kind has a name of 1 to 128 letters, digits, '.', '_', ':' or '-', and 1 to " + MAX_SLOTS
                    + " slots");
        }
    }

    /**
     * Refuses a worker that would serve a version which is not registered, or another service's: it would be given the inputs of
     * that service's runs.
     */
    static CompletionStage<Void> requireOwnVersions(Principal who, List<VersionRef> versions, Workflows workflows) {
        List<CompletableFuture<Void>> checks = new ArrayList<>();
        for (var version : versions) {
            checks.add(workflows
                    .of(who.tenant(), version)
                    .thenAccept(found -> {
                        if (!found.owner().equals(who.service())) {
                            throw new ApiException(
                                    ErrorCode.NOT_OWNER,
                                    "Workflow " + version.workflow() + " belongs to service " + found.ownerName()
                                            + "; a worker of service " + who.serviceName()
                                            + " cannot serve it. Connect with a token of that service.");
                        }
                    })
                    .toCompletableFuture());
        }
        return CompletableFuture.allOf(checks.toArray(CompletableFuture[]::new));
    }

    private static void requireAtMost(int count, int limit, String what) {
        if (count > limit) {
            throw Wire.violation("the worker names " + count + " " + what + "; the limit is " + limit);
        }
    }

    private static String shown(String text) {
        var storable = text.replace('\0', '\uFFFD');
        return storable.length() > MAX_TEXT ? storable.substring(0, MAX_TEXT) : storable;
    }
}
