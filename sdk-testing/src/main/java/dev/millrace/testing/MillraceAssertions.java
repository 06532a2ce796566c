package dev.millrace.testing;

import java.nio.file.Path;
import java.util.List;

/**
 * Where assertions about runs begin. Its {@code assertThat} can be imported beside AssertJ's:
 *
 * <pre>{@code
 * import static dev.millrace.testing.MillraceAssertions.assertThat;
 * import static org.assertj.core.api.Assertions.assertThat;
 * }</pre>
 */
public final class MillraceAssertions {

    private MillraceAssertions() {}

    /** Begins to say what must be true of a run. */
    public static RunAssert assertThat(TestRun run) {
        return new RunAssert(run);
    }

    /**
     * Fails if a caller or a run of a workflow's released version cannot live with the present one. The manifests of the released
     * versions are files in the project, one per workflow, so a change of them shows in review:
     *
     * <pre>{@code
     * @Test
     * void manifestsAreCompatible() {
     *   MillraceAssertions.manifestsAreCompatible(Path.of("src/test/manifests"), OrderFulfilment.class, Refund.class);
     * }
     * }</pre>
     *
     * <p>The first run, and every one that is meant to break something, is started with {@code -Dmillrace.manifests=accept}: it writes the
     * present manifests to the directory. Safe and risky changes pass; {@code millrace manifest diff} shows them too.
     *
     * @param released the directory of the files {@code WORKFLOW.json}
     * @param workflows all annotated classes whose manifests are kept there
     * @throws dev.millrace.worker.MissingBindingException if the annotation processor has not seen one of the classes
     */
    public static void manifestsAreCompatible(Path released, Class<?>... workflows) {
        new ReleasedManifests(released).check(List.of(workflows));
    }
}
