package dev.millrace.manifest;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes a manifest that differs in some members from another one. Not safe for use by many threads. */
public final class ManifestBuilder {
    private String workflow;
    private String source;
    private String description;
    private Visibility visibility;
    private Weight weight;
    private Duration deadline;
    private Input input;
    private List<StepSpec> steps;
    private List<CompensationSpec> compensations;
    private Optional<HandlerSpec> onFailure;
    private List<RateLimitSpec> rateLimits;
    private ResultSpec result;
    private List<String> tags;
    private Pinning pinning;
    private List<ActionSpec> actions;
    private Sharing sharing;
    private List<BudgetSpec> budgets;
    private Triggers triggers;
    private Map<String, String> metadata;

    ManifestBuilder(Manifest manifest) {
        workflow = manifest.workflow();
        source = manifest.source();
        description = manifest.description();
        visibility = manifest.visibility();
        weight = manifest.weight();
        deadline = manifest.deadline();
        input = manifest.input();
        steps = manifest.steps();
        compensations = manifest.compensations();
        onFailure = manifest.onFailure();
        rateLimits = manifest.rateLimits();
        result = manifest.result();
        tags = manifest.tags();
        pinning = manifest.pinning();
        actions = manifest.actions();
        sharing = manifest.sharing();
        budgets = manifest.budgets();
        triggers = manifest.triggers();
        metadata = manifest.metadata();
    }

    public ManifestBuilder workflow(String workflow) {
        this.workflow = workflow;
        return this;
    }

    public ManifestBuilder source(String source) {
        this.source = source;
        return this;
    }

    public ManifestBuilder description(String description) {
        this.description = description;
        return this;
    }

    public ManifestBuilder visibility(Visibility visibility) {
        this.visibility = visibility;
        return this;
    }

    public ManifestBuilder weight(Weight weight) {
        this.weight = weight;
        return this;
    }

    public ManifestBuilder deadline(Duration deadline) {
        this.deadline = deadline;
        return this;
    }

    public ManifestBuilder input(Input input) {
        this.input = input;
        return this;
    }

    public ManifestBuilder steps(List<StepSpec> steps) {
        this.steps = steps;
        return this;
    }

    public ManifestBuilder compensations(List<CompensationSpec> compensations) {
        this.compensations = compensations;
        return this;
    }

    public ManifestBuilder onFailure(HandlerSpec onFailure) {
        this.onFailure = Optional.of(onFailure);
        return this;
    }

    public ManifestBuilder rateLimits(List<RateLimitSpec> rateLimits) {
        this.rateLimits = rateLimits;
        return this;
    }

    public ManifestBuilder result(ResultSpec result) {
        this.result = result;
        return this;
    }

    public ManifestBuilder tags(List<String> tags) {
        this.tags = tags;
        return this;
    }

    public ManifestBuilder pinning(Pinning pinning) {
        this.pinning = pinning;
        return this;
    }

    public ManifestBuilder actions(List<ActionSpec> actions) {
        this.actions = actions;
        return this;
    }

    public ManifestBuilder sharing(Sharing sharing) {
        this.sharing = sharing;
        return this;
    }

    public ManifestBuilder budgets(List<BudgetSpec> budgets) {
        this.budgets = budgets;
        return this;
    }

    public ManifestBuilder triggers(Triggers triggers) {
        this.triggers = triggers;
        return this;
    }

    public ManifestBuilder metadata(Map<String, String> metadata) {
        this.metadata = metadata;
        return this;
    }

    public Manifest build() {
        return new Manifest(
                workflow,
                source,
                description,
                visibility,
                weight,
                deadline,
                input,
                steps,
                compensations,
                onFailure,
                rateLimits,
                result,
                tags,
                pinning,
                actions,
                sharing,
                budgets,
                triggers,
                metadata);
    }
}
