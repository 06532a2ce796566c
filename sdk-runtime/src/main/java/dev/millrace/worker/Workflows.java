package dev.millrace.worker;

import dev.millrace.binding.MethodBinding;
import dev.millrace.binding.WorkflowBinding;
import dev.millrace.connection.MillraceException;
import dev.millrace.manifest.Delivery;
import dev.millrace.manifest.InvalidJsonException;
import dev.millrace.manifest.InvalidManifestException;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.ManifestJson;
import dev.millrace.manifest.RateLimitUse;
import dev.millrace.manifest.StepSpec;
import dev.millrace.worker.transaction.Completions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/** Finds what the compiler wrote for the objects that a worker is given. */
final class Workflows {

    private Workflows() {}

    /**
     * What a worker serves with these objects.
     *
     * @param buildId given by the application; empty to take a hash of the classes
     * @param clock by which circuit breakers stay open
     * @throws MissingBindingException if the processor has not seen some of the classes; names all of them
     */
    static Map<String, ServedWorkflow> of(List<Object> objects, Optional<String> buildId, Clock clock) {
        var served = new HashMap<String, ServedWorkflow>();
        var circuits = new Circuits(clock);
        var missing = new ArrayList<String>();
        ReflectiveOperationException cause = null;
        for (var object : objects) {
            try {
                var workflow = served(binding(object.getClass()), object, buildId, circuits);
                if (served.put(workflow.name(), workflow) != null) {
                    throw new IllegalArgumentException(
                            "Two objects serve workflow '" + workflow.name() + "'; a worker takes one of each.");
                }
            } catch (ClassNotFoundException e) {
                missing.add(object.getClass().getName());
                cause = e;
            }
        }
        if (!missing.isEmpty()) {
            throw new MissingBindingException(missing, cause);
        }
        if (served.isEmpty()) {
            throw new IllegalArgumentException(
                    "A worker needs something to serve: millrace.worker(new OrderFulfilment(…)).");
        }
        return served;
    }

    /**
     * The table of completions for those of these workflows that need one; empty where none does.
     *
     * @throws MillraceException with code {@code DATABASE_MISSING} if one is needed and no database is given
     */
    static Optional<Completions> completions(Map<String, ServedWorkflow> served, Optional<DataSource> database) {
        for (var workflow : served.values()) {
            for (var method : workflow.methods().values()) {
                if (method.transactional()) {
                    return Optional.of(Completions.of(database.orElseThrow(() -> new MillraceException(
                            "DATABASE_MISSING",
                            "Step '" + method.binding().name() + "' of workflow '" + workflow.name()
                                    + "' is TRANSACTIONAL, but the worker was given no database. Nothing was"
                                    + " registered. Say which: millrace.worker(…).transactions(dataSource)."))));
                }
            }
        }
        return Optional.empty();
    }

    /** The manifest of an annotated class, as the compiler wrote it. */
    static String manifestOf(Class<?> type) {
        try {
            var binding = binding(type);
            byte[] text = resource(binding);
            manifest(binding, text);
            return new String(text, StandardCharsets.UTF_8);
        } catch (ClassNotFoundException e) {
            throw new MissingBindingException(List.of(type.getName()), e);
        }
    }

    /** What an object has in actions; see {@link BoundAction#of}. */
    static List<BoundAction<?>> actions(Object object) {
        try {
            return actions(binding(object.getClass()), object);
        } catch (ClassNotFoundException e) {
            throw new MissingBindingException(List.of(object.getClass().getName()), e);
        }
    }

    private static <W> List<BoundAction<?>> actions(WorkflowBinding<W> binding, Object object) {
        var manifest = manifest(binding, resource(binding));
        var policies = new CallPolicies(manifest, binding).actions();
        var bound = binding.actions().stream().collect(Collectors.toMap(MethodBinding::name, Function.identity()));
        var actions = new ArrayList<BoundAction<?>>();
        for (var spec : manifest.actions()) {
            actions.add(new BoundAction<>(
                    binding.workflowClass().cast(object), spec, bound.get(spec.name()), policies.get(spec.name())));
        }
        return List.copyOf(actions);
    }

    /** The binding of a class, or of the nearest superclass that has one: a framework may have handed over a subclass. */
    private static WorkflowBinding<?> binding(Class<?> type) throws ClassNotFoundException {
        ClassNotFoundException first = null;
        for (Class<?> each = type; each != null && each != Object.class; each = each.getSuperclass()) {
            try {
                return instantiate(Class.forName(WorkflowBinding.nameFor(each), true, each.getClassLoader()));
            } catch (ClassNotFoundException e) {
                first = first == null ? e : first;
            }
        }
        throw first == null ? new ClassNotFoundException(WorkflowBinding.nameFor(type)) : first;
    }

    private static WorkflowBinding<?> instantiate(Class<?> type) {
        try {
            var constructor = type.getDeclaredConstructor();
            constructor.setAccessible(true);
            return (WorkflowBinding<?>) constructor.newInstance();
        } catch (ReflectiveOperationException | ClassCastException e) {
            throw new MillraceException(
                    "BINDING_UNUSABLE",
                    "Class " + type.getName()
                            + " is not a binding that this SDK can use. Compile the workflow again with the"
                            + " annotation processor of the same version.",
                    e);
        }
    }

    private static <W> ServedWorkflow served(
            WorkflowBinding<W> binding, Object object, Optional<String> buildId, Circuits circuits) {
        W workflow = binding.workflowClass().cast(object);
        byte[] text = resource(binding);
        var manifest = manifest(binding, text);
        if (manifest.steps().isEmpty()) {
            throw new MillraceException(
                    "NO_STEPS",
                    "Class " + binding.workflowClass().getName() + " has actions, but is no workflow, so no worker can"
                            + " serve it. Hand it to Tools.of(…) in a durable step, or put @Workflow on it and give it steps.");
        }
        var methods = new HashMap<String, ServedMethod<?>>();
        var steps = manifest.steps().stream().collect(Collectors.toMap(StepSpec::name, step -> step));
        var policies = new CallPolicies(manifest, binding);
        for (var method : methods(binding)) {
            var step = Optional.ofNullable(steps.get(method.name()));
            step.ifPresent(spec -> requireFallback(binding, spec, method));
            methods.put(
                    method.name(),
                    new ServedMethod<>(
                            workflow,
                            method,
                            step.filter(StepSpec::mapped).isPresent(),
                            rateLimits(step),
                            circuits.of(
                                    binding.workflow() + "/" + method.name(), step.flatMap(StepSpec::circuitBreaker)),
                            policies.of(method, step),
                            step.filter(spec -> spec.policy().delivery() == Delivery.TRANSACTIONAL)
                                    .isPresent()));
        }
        return new ServedWorkflow(
                binding,
                binding.workflow(),
                binding.version(),
                buildId.orElseGet(() -> codeHash(binding)),
                new String(text, StandardCharsets.UTF_8),
                methods);
    }

    private static SortedSet<String> rateLimits(Optional<StepSpec> step) {
        return step.stream()
                .flatMap(spec -> spec.rateLimits().stream())
                .map(RateLimitUse::name)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static void requireFallback(WorkflowBinding<?> binding, StepSpec step, MethodBinding<?> method) {
        if (!step.fallback().isEmpty() && method.fallback().isEmpty()) {
            throw new MillraceException(
                    "BINDING_UNUSABLE",
                    "Step '" + step.name() + "' of workflow '" + binding.workflow() + "' has the fallback '"
                            + step.fallback() + "', but its binding does not know how to call it. Compile the workflow"
                            + " again with the annotation processor of the same version.");
        }
    }

    private static <W> List<MethodBinding<W>> methods(WorkflowBinding<W> binding) {
        var all = new ArrayList<>(binding.steps());
        all.addAll(binding.compensations());
        binding.onFailure().ifPresent(all::add);
        return all;
    }

    private static byte[] resource(WorkflowBinding<?> binding) {
        String path = binding.manifestResource();
        try (InputStream in = binding.workflowClass().getClassLoader().getResourceAsStream(path)) {
            if (in == null) {
                throw new MillraceException(
                        "MANIFEST_MISSING",
                        "The manifest of workflow '" + binding.workflow() + "' is not on the class path at " + path
                                + ". The compiler writes it beside the classes; does the build copy or shade only some"
                                + " of them?");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new MillraceException("MANIFEST_MISSING", "The manifest " + path + " cannot be read.", e);
        }
    }

    private static Manifest manifest(WorkflowBinding<?> binding, byte[] text) {
        try {
            var manifest = ManifestJson.read(text);
            if (!manifest.hash().equals(binding.version())) {
                throw new MillraceException(
                        "MANIFEST_MIXED",
                        "The binding of workflow '" + binding.workflow() + "' was compiled for version "
                                + binding.version()
                                + ", but the manifest beside it is version " + manifest.hash()
                                + ". The class output is mixed from two builds; build it clean.");
            }
            return manifest;
        } catch (InvalidJsonException | InvalidManifestException e) {
            throw new MillraceException(
                    "MANIFEST_INVALID",
                    "The manifest " + binding.manifestResource() + " cannot be read: " + e.getMessage(),
                    e);
        }
    }

    /** Names the build by the code of the workflow's class; code that it calls is not looked at. */
    private static String codeHash(WorkflowBinding<?> binding) {
        String path = binding.workflowClass().getName().replace('.', '/') + ".class";
        try (InputStream in = binding.workflowClass().getClassLoader().getResourceAsStream(path)) {
            if (in == null) {
                return ""; // made in memory: it has no build
            }
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(in.readAllBytes());
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (IOException e) {
            return "";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256, but this one does not.", e);
        }
    }
}
