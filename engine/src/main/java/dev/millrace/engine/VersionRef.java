package dev.millrace.engine;

import java.util.Objects;

/**
 * Names one version of a workflow of a tenant.
 *
 * @param workflow name of the workflow
 * @param hash content hash of its manifest
 */
public record VersionRef(String workflow, String hash) {
    public VersionRef {
        Objects.requireNonNull(workflow, "workflow");
        Objects.requireNonNull(hash, "hash");
    }

    @Override
    public String toString() {
        return workflow + "@" + hash;
    }
}
