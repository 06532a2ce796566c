package dev.millrace.manifest;

import dev.millrace.manifest.placement.LabelComparator;
import dev.millrace.manifest.placement.LabelPreference;
import dev.millrace.manifest.placement.LabelRequirement;
import dev.millrace.manifest.placement.PlacementSpec;
import dev.millrace.manifest.placement.Stickiness;

/** Reads a manifest from its JSON form; {@link TriggerReader} does what starts runs. */
final class ManifestReader {

    private ManifestReader() {}

    static Manifest read(JsonValue json) {
        var in = new MemberReader("", json);
        refuseOtherFormats(in);
        return in.build(() -> new Manifest(
                in.text("workflow"),
                in.text("source"),
                in.text("description", ""),
                in.constant("visibility", Visibility.class),
                in.constant("weight", Weight.class),
                in.duration("deadline"),
                in.object("input", ManifestReader::input),
                in.objects("steps", ManifestReader::step),
                in.objects("compensations", ManifestReader::compensation),
                in.optionalObject("onFailure", ManifestReader::handler),
                in.objects("rateLimits", ManifestReader::rateLimit),
                in.object("result", ManifestReader::result),
                in.words("tags"),
                in.constant("pinning", Pinning.class, Defaults.PINNING),
                in.objects("actions", ManifestReader::action),
                sharing(in),
                in.objects("budgets", ManifestReader::budget),
                in.optionalObject("triggers", TriggerReader::triggers).orElse(Triggers.NONE),
                in.texts("metadata")));
    }

    private static void refuseOtherFormats(MemberReader in) {
        long format = in.integer("manifestVersion", 0, Integer.MAX_VALUE);
        if (format > Manifest.FORMAT) {
            throw new InvalidManifestException(
                    "MANIFEST_VERSION_UNSUPPORTED",
                    "manifestVersion",
                    "The manifest has format " + format + ", but this side reads formats up to " + Manifest.FORMAT
                            + ". Upgrade the control plane, or build the workflow with an older SDK.");
        }
        if (format < 1) {
            throw new InvalidManifestException(
                    "manifestVersion", "'manifestVersion' must be 1 or more, but is " + format + ".");
        }
    }

    private static Input input(MemberReader in) {
        return in.build(() -> new Input(in.text("type"), in.required("schema")));
    }

    private static StepSpec step(MemberReader in) {
        return in.build(() -> new StepSpec(
                in.text("name"),
                in.objects("parameters", ManifestReader::parameter),
                in.words("after"),
                in.object("output", ManifestReader::output),
                in.object("policy", ManifestReader::policy),
                in.objects("rateLimits", ManifestReader::use),
                in.line(),
                in.constant("kind", StepSpec.Kind.class, StepSpec.Kind.PLAIN),
                in.text("when", ""),
                sharing(in),
                in.optionalObject("batch", ManifestReader::batch),
                in.optionalObject("circuitBreaker", ManifestReader::circuitBreaker),
                in.text("fallback", ""),
                in.optionalObject("stream", ManifestReader::stream)));
    }

    private static ActionSpec action(MemberReader in) {
        return in.build(() -> new ActionSpec(
                in.text("name"),
                in.text("description", ""),
                in.optional("arguments").orElse(JsonValue.TRUE),
                in.object("output", ManifestReader::output),
                in.object("policy", ManifestReader::policy),
                in.objects("rateLimits", ManifestReader::use),
                sharing(in),
                in.optionalObject("circuitBreaker", ManifestReader::circuitBreaker),
                in.text("fallback", ""),
                in.line()));
    }

    private static Sharing sharing(MemberReader owner) {
        return owner.optionalObject(
                        "sharing",
                        in -> in.build(() -> new Sharing(
                                in.objects("concurrency", ManifestReader::concurrency),
                                in.optionalObject("fairness", ManifestReader::fairness))))
                .orElse(Sharing.NONE);
    }

    private static ConcurrencySpec concurrency(MemberReader in) {
        return in.build(() -> new ConcurrencySpec(
                in.text("name", ""),
                in.text("key", ""),
                (int) in.integer("limit", 1, Integer.MAX_VALUE),
                in.constant("strategy", ConcurrencyStrategy.class)));
    }

    private static FairSpec fairness(MemberReader in) {
        return in.build(() -> new FairSpec(in.text("key"), in.text("weight")));
    }

    private static BudgetSpec budget(MemberReader in) {
        return in.build(() ->
                new BudgetSpec(in.text("name"), in.number("limit"), in.constant("exceeded", BudgetExceeded.class)));
    }

    private static BatchSpec batch(MemberReader in) {
        return in.build(() -> new BatchSpec(
                (int) in.integer("maxSize", 2, Integer.MAX_VALUE), in.duration("maxWait"), in.text("key", "")));
    }

    private static CircuitBreakerSpec circuitBreaker(MemberReader in) {
        return in.build(() -> new CircuitBreakerSpec(
                in.text("name", ""),
                in.number("failureRate"),
                (int) in.integer("window", 1, CircuitBreakerSpec.MAX_WINDOW),
                in.duration("openFor")));
    }

    private static StreamSpec stream(MemberReader in) {
        return in.build(() -> new StreamSpec(in.text("type"), in.required("schema")));
    }

    private static CompensationSpec compensation(MemberReader in) {
        return in.build(() -> new CompensationSpec(in.text("undoes"), in.object("handler", ManifestReader::handler)));
    }

    private static HandlerSpec handler(MemberReader in) {
        return in.build(() -> new HandlerSpec(
                in.text("name"),
                in.objects("parameters", ManifestReader::parameter),
                in.object("policy", ManifestReader::policy),
                in.line()));
    }

    private static ParameterSpec parameter(MemberReader in) {
        return in.build(() -> new ParameterSpec(
                in.text("name"),
                in.constant("source", ParameterSpec.Source.class),
                in.text("step", ""),
                in.constant("mode", ParameterSpec.Mode.class),
                in.optionalObject("awaits", ManifestReader::awaits)));
    }

    private static WaitSpec awaits(MemberReader in) {
        return in.build(() -> new WaitSpec(
                in.text("name"),
                in.text("where", ""),
                in.optionalDuration("timeout"),
                in.text("role", ""),
                in.text("type"),
                in.required("schema")));
    }

    private static OutputSpec output(MemberReader in) {
        return in.build(() -> {
            var kind = in.constant("kind", OutputSpec.Kind.class);
            return new OutputSpec(
                    kind,
                    in.text("type"),
                    kind == OutputSpec.Kind.NONE
                            ? in.optional("schema").orElse(JsonValue.NULL)
                            : in.required("schema"));
        });
    }

    private static StepPolicy policy(MemberReader in) {
        return in.build(() -> new StepPolicy(
                in.duration("timeout"),
                in.duration("queueTimeout"),
                (int) in.integer("retries", 0, StepPolicy.MAX_RETRIES),
                in.object("backoff", ManifestReader::backoff),
                in.constant("delivery", Delivery.class),
                (int) in.integer("slots", 1, Integer.MAX_VALUE),
                in.words("retryOn"),
                in.words("noRetryOn"),
                in.optionalObject("placement", ManifestReader::placement).orElse(PlacementSpec.ANYWHERE),
                in.text("slotKind", "")));
    }

    private static PlacementSpec placement(MemberReader in) {
        return in.build(() -> new PlacementSpec(
                in.objects("requires", ManifestReader::requirement),
                in.objects("prefers", ManifestReader::preference),
                in.constant("sticky", Stickiness.class, Stickiness.NONE)));
    }

    private static LabelRequirement requirement(MemberReader in) {
        return in.build(() -> new LabelRequirement(
                in.text("label"), in.constant("comparator", LabelComparator.class), in.text("value")));
    }

    private static LabelPreference preference(MemberReader in) {
        return in.build(() -> new LabelPreference(
                in.text("label"), in.constant("comparator", LabelComparator.class), in.text("value"), (int)
                        in.integer("weight", 1, LabelPreference.MOST_WEIGHT)));
    }

    private static Backoff backoff(MemberReader in) {
        return in.build(() -> new Backoff(in.duration("initial"), in.number("multiplier"), in.duration("max")));
    }

    private static RateLimitUse use(MemberReader in) {
        return in.build(() -> new RateLimitUse(
                in.text("name"),
                in.text("key", ""),
                in.integer("cost", 1, Long.MAX_VALUE),
                in.text("costExpression", "")));
    }

    private static RateLimitSpec rateLimit(MemberReader in) {
        return in.build(() -> new RateLimitSpec(
                in.text("name"),
                in.integer("limit", 1, Long.MAX_VALUE),
                in.duration("period"),
                in.integer("burst", 1, Long.MAX_VALUE)));
    }

    private static ResultSpec result(MemberReader in) {
        return in.build(() -> {
            in.required("steps");
            return new ResultSpec(in.words("steps"));
        });
    }
}
