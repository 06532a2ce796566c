package dev.millrace.processor.model;

import dev.millrace.manifest.LaterVocabulary;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import javax.lang.model.element.Element;
import javax.lang.model.element.TypeElement;

/**
 * The names of the annotations and types that mean something in a workflow. Names and not classes, so that this plug-in
 * never loads what is on the user's class path. A test holds them and {@code sdk-annotations} together: each word is
 * either effective here or refused.
 */
public final class Vocabulary {
    private static final String PACKAGE = "dev.millrace.";

    public static final String WORKFLOW = PACKAGE + "Workflow";
    public static final String STEP = PACKAGE + "Step";
    public static final String COMPENSATE = PACKAGE + "Compensate";
    public static final String ON_FAILURE = PACKAGE + "OnFailure";
    public static final String ACTION = PACKAGE + "Action";
    public static final String RESULT = PACKAGE + "Result";
    public static final String INPUT = PACKAGE + "Input";
    public static final String FROM = PACKAGE + "From";
    public static final String EACH = PACKAGE + "Each";
    public static final String INDEXED = PACKAGE + "Indexed";
    public static final String SENSITIVE = PACKAGE + "Sensitive";
    public static final String AWAIT = PACKAGE + "Await";
    public static final String APPROVAL = PACKAGE + "Approval";
    public static final String WHEN = PACKAGE + "When";
    public static final String RATE_LIMIT = PACKAGE + "RateLimit";
    public static final String RATE_LIMITS = PACKAGE + "RateLimits";
    public static final String CONCURRENCY = PACKAGE + "Concurrency";
    public static final String CONCURRENCIES = PACKAGE + "Concurrencies";
    public static final String FAIR = PACKAGE + "Fair";
    public static final String REQUIRES = PACKAGE + "Requires";
    public static final String PREFERS = PACKAGE + "Prefers";
    public static final String STICKY = PACKAGE + "Sticky";
    public static final String BATCH = PACKAGE + "Batch";
    public static final String CIRCUIT_BREAKER = PACKAGE + "CircuitBreaker";
    public static final String BUDGET = PACKAGE + "Budget";
    public static final String METADATA = PACKAGE + "Metadata";
    public static final String ON_EVENT = PACKAGE + "OnEvent";
    public static final String CRON = PACKAGE + "Cron";
    public static final String COLLECT = PACKAGE + "Collect";
    public static final String DEBOUNCE = PACKAGE + "Debounce";
    public static final String THROTTLE = PACKAGE + "Throttle";
    public static final String BACKOFF = PACKAGE + "Backoff";

    public static final String STEP_CONTEXT = PACKAGE + "StepContext";
    public static final String RUN_FAILURE = PACKAGE + "RunFailure";
    public static final String DURABLE = PACKAGE + "Durable";
    public static final String EMITTER = PACKAGE + "Emitter";
    public static final String CONNECTION = "java.sql.Connection";
    public static final String LIST = "java.util.List";
    public static final String OPTIONAL = "java.util.Optional";
    public static final String OUTCOME = PACKAGE + "Outcome";
    public static final String LOOP = PACKAGE + "Loop";
    public static final String COMPLETION_STAGE = "java.util.concurrent.CompletionStage";
    public static final String COMPLETABLE_FUTURE = "java.util.concurrent.CompletableFuture";

    /** All annotations of the vocabulary. */
    public static final Set<String> ANNOTATIONS = named(
            "Action",
            "Approval",
            "Await",
            "Backoff",
            "Batch",
            "Budget",
            "Budgets",
            "CircuitBreaker",
            "Collect",
            "Compensate",
            "Concurrencies",
            "Concurrency",
            "Cron",
            "Crons",
            "Debounce",
            "Each",
            "Fair",
            "From",
            "Indexed",
            "Input",
            "Metadata",
            "MetadataEntries",
            "OnEvent",
            "OnEvents",
            "OnFailure",
            "Preferences",
            "Prefers",
            "RateLimit",
            "RateLimits",
            "Requirements",
            "Requires",
            "Result",
            "Sensitive",
            "Step",
            "Sticky",
            "Throttle",
            "When",
            "Workflow");

    /** Those of them that are about a value and stand in types of the user's, wherever those are. */
    public static final Set<String> VALUE_ANNOTATIONS = Set.of(INDEXED, SENSITIVE);

    /** Types that a step may return and nothing may take. */
    public static final Set<String> ONLY_RESULTS = Set.of(LOOP, COMPLETION_STAGE, COMPLETABLE_FUTURE);

    /** Types of which the engine gives the object. */
    public static final Set<String> GIVEN_TYPES = Set.of(STEP_CONTEXT, RUN_FAILURE, DURABLE, EMITTER);

    /** Annotations that say something of a step and of nothing else. */
    public static final Set<String> OF_STEPS = Set.of(RESULT, WHEN, BATCH);

    /** Annotations that say which worker is given an attempt; the attempts of actions stay where the durable step runs. */
    public static final Set<String> OF_ATTEMPTS =
            Set.of(REQUIRES, PACKAGE + "Requirements", PREFERS, PACKAGE + "Preferences", STICKY);

    /** Annotations of a method that say something of a step or an action. */
    public static final Set<String> OF_STEPS_AND_ACTIONS =
            Set.of(RATE_LIMIT, RATE_LIMITS, CONCURRENCY, CONCURRENCIES, FAIR, CIRCUIT_BREAKER);

    /** Annotations that stand on a method that a workflow owns. */
    public static final List<String> METHOD_ANNOTATIONS = List.of(STEP, ACTION, COMPENSATE, ON_FAILURE);

    /** What the compiler wraps annotations in that stand several times. */
    private static final Map<String, String> CONTAINERS = Map.of(
            RATE_LIMIT, RATE_LIMITS,
            CONCURRENCY, CONCURRENCIES,
            REQUIRES, PACKAGE + "Requirements",
            PREFERS, PACKAGE + "Preferences",
            BUDGET, PACKAGE + "Budgets",
            METADATA, PACKAGE + "MetadataEntries",
            ON_EVENT, PACKAGE + "OnEvents",
            CRON, PACKAGE + "Crons");

    /**
     * The annotations and types that control planes of this version do not act on; read from the list by which they refuse
     * manifests, so that both refuse the same.
     */
    public static final Set<String> LATER = later();

    private Vocabulary() {}

    /** The name of an annotation as people write it, given the simple name of it or of what wraps several of it. */
    static String written(String simpleName) {
        for (var container : CONTAINERS.entrySet()) {
            if (container.getValue().equals(PACKAGE + simpleName)) {
                return container.getKey().substring(PACKAGE.length());
            }
        }
        return simpleName;
    }

    /** Whether a class is a catalogue: its actions are tools for durable code of any workflow, and it has nothing else. */
    public static boolean isCatalogue(TypeElement type) {
        boolean hasActions = false;
        for (var member : type.getEnclosedElements()) {
            for (var mirror : of(member)) {
                boolean isAction = mirror.qualifiedName().equals(ACTION);
                if (!isAction && METHOD_ANNOTATIONS.contains(mirror.qualifiedName())) {
                    return false;
                }
                hasActions |= isAction;
            }
        }
        return hasActions && !isWorkflow(type);
    }

    /** Whether control planes of this version do not act on a word, written as in {@link LaterVocabulary#words()}. */
    public static boolean isLater(String word) {
        return LaterVocabulary.words().contains(word);
    }

    private static Set<String> later() {
        var names = new TreeSet<String>();
        for (var word : LaterVocabulary.words()) {
            if (word.equals("CompletionStage")) {
                names.addAll(Set.of(COMPLETION_STAGE, COMPLETABLE_FUTURE));
            } else if (!word.contains("(")) {
                var name = PACKAGE + word.replace("@", "");
                names.add(name);
                names.add(CONTAINERS.getOrDefault(name, name));
            }
        }
        return names;
    }

    /** The annotations of one kind on an element, whether there is one or the compiler wrapped several. */
    public static List<Mirror> all(Element element, String qualifiedName) {
        var container = CONTAINERS.getOrDefault(qualifiedName, "");
        var mirrors = new ArrayList<Mirror>();
        for (var annotation : element.getAnnotationMirrors()) {
            var mirror = new Mirror(element, annotation);
            var name = mirror.qualifiedName();
            if (name.equals(qualifiedName)) {
                mirrors.add(mirror);
            } else if (name.equals(container)) {
                mirrors.addAll(mirror.mirrors("value"));
            }
        }
        return mirrors;
    }

    /** The annotations of an element that belong to this vocabulary, in the order of the source. */
    public static List<Mirror> of(Element element) {
        var mirrors = new ArrayList<Mirror>();
        for (var annotation : element.getAnnotationMirrors()) {
            var mirror = new Mirror(element, annotation);
            if (ANNOTATIONS.contains(mirror.qualifiedName())) {
                mirrors.add(mirror);
            }
        }
        return mirrors;
    }

    /** Whether a class is a workflow. */
    public static boolean isWorkflow(TypeElement type) {
        return find(type, WORKFLOW).isPresent();
    }

    /** The annotation of one kind on an element. */
    public static Optional<Mirror> find(Element element, String qualifiedName) {
        for (var annotation : element.getAnnotationMirrors()) {
            var mirror = new Mirror(element, annotation);
            if (mirror.qualifiedName().equals(qualifiedName)) {
                return Optional.of(mirror);
            }
        }
        return Optional.empty();
    }

    private static Set<String> named(String... names) {
        var qualified = new LinkedHashSet<String>();
        for (var name : names) {
            qualified.add(PACKAGE + name);
        }
        return qualified;
    }
}
