package dev.millrace.binding;

import dev.millrace.TypeRef;
import java.util.List;
import java.util.Optional;

/**
 * What a worker must know to serve a workflow: its manifest, and how to call its methods. Written by the annotation
 * processor as {@code XBinding}, with a constructor without parameters, in the package of {@code X} and with its
 * visibility. Stateless; safe for use by many threads.
 *
 * @param <W> the annotated class
 */
public interface WorkflowBinding<W> {

    /** The annotated class. */
    Class<W> workflowClass();

    /** The workflow's name. */
    String workflow();

    /** The path of the manifest, to be found with the class loader of {@link #workflowClass()}. */
    String manifestResource();

    /**
     * The version: the hash of the manifest that was written in the same compilation. A manifest of another hash at that
     * path means that the class output was mixed from two builds.
     */
    String version();

    /** What the workflow is started with; {@code Void} if it takes nothing. */
    TypeRef<?> input();

    /** The steps, in the order of the manifest. */
    List<MethodBinding<W>> steps();

    /** The compensations, in the order of the manifest, by the names of their handlers. */
    List<MethodBinding<W>> compensations();

    /** The actions that durable code calls, in the order of the manifest. */
    default List<MethodBinding<W>> actions() {
        return List.of();
    }

    /** The on-failure handler. */
    Optional<MethodBinding<W>> onFailure();

    /**
     * The fully qualified name of the binding of a workflow class: {@code com.acme.Outer$Inner} is served by {@code
     * com.acme.Outer_InnerBinding}.
     */
    static String nameFor(Class<?> workflowClass) {
        return workflowClass.getName().replace('$', '_') + "Binding";
    }
}
