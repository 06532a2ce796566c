package dev.millrace.samples.research;

import dev.millrace.Action;
import dev.millrace.Budget;
import dev.millrace.Cron;
import dev.millrace.Durable;
import dev.millrace.Each;
import dev.millrace.Emitter;
import dev.millrace.NonRetryableException;
import dev.millrace.Overlap;
import dev.millrace.RateLimit;
import dev.millrace.Result;
import dev.millrace.Step;
import dev.millrace.StepContext;
import dev.millrace.When;
import dev.millrace.Workflow;
import dev.millrace.samples.research.Decision.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * From a question to a report, or to the insight that too little is known.
 *
 * <pre>
 *   plan ──▶ gather (each source) ──▶ analyse (rounds with tools) ──▶ verify ──▶ decide ──▶ report ──▶ file
 * </pre>
 *
 * <p>One call of the model is a step: it waits its turn at the rate limit, is repeated when the answer is of no use, and is accounted for. A
 * conversation of several rounds is durable code: each answer and each use of a tool is stored, so that a crash in the fourth round
 * repeats, and pays for, none of the first three.
 */
@Workflow(
        description = "Gathers from several sources, thinks about it in rounds, validates, decides and reports.",
        timeout = "6h")
@Cron(
        value = "0 7 * * 1-5",
        zone = "Europe/Berlin",
        name = "every-morning",
        input = "{\"topic\": \"heat pumps\"}",
        overlap = Overlap.SKIP)
@Budget(value = Model.TOKENS, limit = 20_000)
public class ResearchAgent {
    static final int ROUNDS = 8;
    private static final int CLAIMS_FOR_AN_ANSWER = 2;

    private final Model model;
    private final Library library;

    public ResearchAgent(Model model, Library library) {
        this.model = model;
        this.library = library;
    }

    /** What the model answers to be planned. */
    record Plan(List<Query> queries) {}

    // An answer that is not the JSON that was asked for fails the attempt: the model is asked again.
    @Step(timeout = "2m", retries = 8)
    @RateLimit(value = Model.LIMIT, limit = Model.TOKENS_PER_MINUTE, per = "1m", cost = "1000")
    List<Query> plan(Question question, StepContext context) {
        var answer = asked(Prompt.of(Instructions.PLAN, question.topic(), List.of()), context, words -> {});
        return Json.read(answer.text(), Plan.class).queries();
    }

    // A task for each query, beside each other; what one source does not have another may have.
    @Step(timeout = "30s", retries = 4)
    @RateLimit(value = "library", limit = 20, per = "1s")
    List<Excerpt> gather(@Each Query query) {
        return library.search(query);
    }

    @Step(timeout = "4h")
    Analysis analyse(Question question, List<List<Excerpt>> gathered, Durable durable) {
        var tools = ResearchAgentSteps.of(this, durable); // written by the compiler: each call is stored
        var completions = new CompletionClient(durable);
        var found = new ArrayList<Excerpt>();
        var prompt =
                Prompt.of(Instructions.ANALYSE, question.topic() + "\n" + Json.write(gathered), Instructions.TOOLS);
        for (int round = 1; round <= ROUNDS; round++) {
            var answer = completions.run(prompt);
            tools.account(answer.tokens());
            if (answer.calls().isEmpty()) {
                try {
                    return new Analysis(Json.read(answer.text(), Claims.class).claims(), found);
                } catch (InvalidAnswerException e) {
                    prompt = prompt.corrected(answer, e.getMessage());
                }
            } else {
                prompt = prompt.informed(
                        answer,
                        answer.calls().stream()
                                .map(call -> used(call, tools, found))
                                .toList());
            }
        }
        throw new NonRetryableException("The model came to no end in " + ROUNDS + " rounds.");
    }

    /** What the model answers to be analysed. */
    record Claims(List<Claim> claims) {}

    /** Uses a tool. What is wrong with a call is told to the model, which may do better. */
    private static String used(ToolCall call, ResearchAgentSteps tools, List<Excerpt> found) {
        try {
            switch (call.name()) {
                case "search":
                    var excerpts = tools.search(Json.read(call.arguments(), Query.class));
                    found.addAll(excerpts);
                    return Json.write(excerpts);
                case "change":
                    return tools.change(Json.read(call.arguments(), Span.class)) + " %";
                default:
                    return "There is no tool '" + call.name() + "'.";
            }
        } catch (InvalidAnswerException e) {
            return e.getMessage();
        }
    }

    /** Two numbers to compare. */
    record Span(double from, double to) {}

    @Action(timeout = "30s", retries = 4)
    List<Excerpt> search(Query query) {
        return library.search(query);
    }

    @Action
    long change(Span span) {
        return Math.round((span.to() / span.from() - 1) * 100);
    }

    // Children have accounts of their own, so their parent says what they cost it. An action is done once, and so is
    // what it says.
    @Action
    void account(long tokens, StepContext context) {
        context.usage(Model.TOKENS, tokens);
    }

    // A model may say that something rests on an excerpt which nobody has ever seen.
    @Step
    Verified verify(List<List<Excerpt>> gathered, Analysis analysis) {
        var known = Stream.concat(gathered.stream().flatMap(List::stream), analysis.found().stream())
                .map(Excerpt::id)
                .collect(Collectors.toSet());
        var verified = analysis.claims().stream()
                .collect(Collectors.partitioningBy(
                        claim -> !claim.excerpts().isEmpty() && known.containsAll(claim.excerpts())));
        return new Verified(
                verified.get(true),
                verified.get(false).stream().map(Claim::text).toList());
    }

    @Step
    Decision decide(Verified verified) {
        int claims = verified.claims().size();
        return claims >= CLAIMS_FOR_AN_ANSWER
                ? new Decision(Kind.ANSWER, claims + " claims rest on what was found.")
                : new Decision(Kind.TOO_LITTLE_IS_KNOWN, "Only " + claims + " claims rest on what was found.");
    }

    /** A piece of the report, as it is being written. */
    public record Words(String text) {}

    // Whoever follows the run reads along: run.stream(Words.class).
    @Step(timeout = "5m", retries = 8)
    @When("decision.kind == 'ANSWER'")
    @RateLimit(value = Model.LIMIT, limit = Model.TOKENS_PER_MINUTE, per = "1m", cost = "2000")
    Report report(
            Question question, Verified verified, Decision decision, StepContext context, Emitter<Words> emitter) {
        var prompt = Prompt.of(Instructions.REPORT, question.topic() + "\n" + Json.write(verified.claims()), List.of());
        return new Report(
                asked(prompt, context, words -> emitter.emit(new Words(words))).text());
    }

    @Result
    @Step
    Dossier file(Question question, Verified verified, Decision decision, Optional<Report> report) {
        return new Dossier(question, decision, verified, report);
    }

    private Answer asked(Prompt prompt, StepContext context, Consumer<String> pieces) {
        var answer = model.answer(prompt, pieces);
        context.usage(Model.TOKENS, answer.tokens());
        context.settle(Model.LIMIT, answer.tokens());
        return answer;
    }
}
