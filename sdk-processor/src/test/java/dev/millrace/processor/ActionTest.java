package dev.millrace.processor;

import static dev.millrace.processor.Compilation.compile;
import static dev.millrace.processor.Compilation.preview;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.Durable;
import dev.millrace.manifest.LaterOfActions;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ActionTest {
    private static final String TYPES = """
            record Question(String id) {}
            record Plan(String text) {}
            """;

    @Test
    void anActionReturnsTheValueItself() {
        preview("""
                @Workflow class Bad {
                  @Step(timeout = "1d") Plan research(Question question, Durable durable) { return null; }
                  @Action Loop<Plan> /*>*/plan(Question question) { return null; }
                  @Action java.util.concurrent.CompletionStage<Plan> /*>*/replan(Plan plan) { return null; }
                }
                """ + TYPES).failsWith("""
                [Millrace/ActionSignature] Action plan() returns Loop<Plan>, but durable code gets the value itself, and is its own loop.
                    Fix: return Plan.""", """
                [Millrace/ActionSignature] Action replan() returns CompletionStage<Plan>, but durable code gets the value itself.
                    Fix: return Plan.""");
    }

    @Test
    void anActionThrowsExceptionsAtMost() {
        preview("""
                @Workflow class Bad {
                  @Step(timeout = "1d") Plan research(Question question, Durable durable) { return null; }
                  @Action Plan /*>*/plan(Question question) throws Throwable { return null; }
                  @Action Plan replan(Plan plan) throws java.io.IOException, AssertionError { return null; }
                }
                """ + TYPES).failsWith("""
                [Millrace/ActionSignature] Action plan() throws Throwable, but what durable code calls throws exceptions at most.
                    Fix: declare Exception, or a subclass of it.""");
    }

    @Test
    void overloadedActionsAreToldApartByWhatTheCallerHandsOver() {
        preview("""
                @Workflow class Bad {
                  @Step(timeout = "1d") Plan research(Question question, Durable durable) { return null; }
                  @Action Plan plan(Question question) { return null; }
                  @Action(name = "plan-with-context") Plan /*>*/plan(Question question, StepContext context) { return null; }
                  @Action(name = "replan") Plan plan(Plan plan) { return null; }
                }
                """ + TYPES).failsWith("""
                [Millrace/ActionSignature] Actions "plan" and "plan-with-context" would be one method plan(Question) of BadSteps.
                    Fix: give one of the methods another name.""");
    }

    @Test
    void namesOfActionsAndStepsAreUnique() {
        preview("""
                @Workflow class Bad {
                  @Step(timeout = "1d") Plan research(Question question, Durable durable) { return null; }
                  @Action Plan plan(Question question) { return null; }
                  @Action Plan /*>*/plan(Plan plan) { return null; }
                }
                """ + TYPES).failsWith("""
                [Millrace/DuplicateStep] The name "plan" is taken twice in Bad: by action plan(Question) and by action plan(Plan).
                    Fix: rename one of the methods, or give one another name: @Action(name = "…").""");
    }

    @Test
    void anActionThatNothingCanCallIsToldAbout() {
        preview("""
                @Workflow class Bad {
                  @Step Plan research(Question question) { return null; }
                  @Action Plan /*>*/plan(Question question) { return null; }
                  @SuppressWarnings("Millrace/UnusedAction")
                  @Action Plan replan(Plan plan) { return null; }
                }
                """ + TYPES).warnsWith("""
                [Millrace/UnusedAction] Nothing can call action plan(): no step of Bad takes a Durable.
                    If it is meant, say so: @SuppressWarnings("Millrace/UnusedAction")
                    Fix: give the step that calls it a Durable parameter, or remove @Action.""");
    }

    @Test
    void whatAnActionTakesAndReturnsCanBeStored() {
        preview("""
                @Workflow class Bad {
                  @Step(timeout = "1d") Plan research(Question question, Durable durable) { return null; }
                  @Action Thread /*>*/plan(Object /*>*/question, StepContext context) { return null; }
                }
                """ + TYPES).failsWith("""
                [Millrace/NotSerializable] Thread cannot be stored between steps (result of plan()).
                    Fix: use a record that holds what is needed of it.""", """
                [Millrace/NotSerializable] Object could be anything, so nobody knows what to read back (parameter 'question' of plan()).
                    Fix: write the type itself.""");
    }

    @Test
    void theShapeAndThePolicyOfAnActionAreCheckedLikeThoseOfAStep() {
        preview("""
                @Workflow class Bad {
                  @Step(timeout = "1d") Plan research(Question question, Durable durable) { return null; }
                  @Action(timeout = /*>*/"30 sec", retries = /*>*/-2, slots = /*>*/0)
                  @RateLimit(value = "openai", limit = /*>*/0)
                  private Plan /*>*/plan(Question question) { return null; }
                }
                """ + TYPES).failsWith("""
                [Millrace/BadDuration] "30 sec" is not a duration: unknown unit 'sec'.
                    Fix: write "30s".""", """
                [Millrace/RetriesBelowZero] retries = -2 of plan() is below zero; attempts are retries + 1, and endless ones there are none.
                    Fix: write 0 to 100, or leave it out for none.""", """
                [Millrace/BadSlots] slots = 0 of plan(), but an attempt takes 1 to 10000.
                    Fix: write a number from 1, or leave it out for 1.""", """
                [Millrace/BadRate] Rate limit "openai" lets 0 through per period, so nothing could ever begin.
                    Fix: write 1 or more.""", """
                [Millrace/PrivateStep] Action plan() is private, so generated code cannot call it.
                    Fix: make it package-private or public.""");
    }

    @Test
    void theFacadeOfANestedWorkflowHasItsNameAndVisibility() {
        var compilation = preview(Compilation.shop("Outer", """
                class Outer {
                  @Workflow static class Inner {
                    @Step(timeout = "1d") String research(@Input String question, Durable durable) {
                      return Outer_InnerSteps.of(this, durable).look(question);
                    }
                    @Action String look(String question) { return ""; }
                  }
                }
                """)).succeeds();

        assertThat(compilation.written("shop/Outer_InnerSteps.java"))
                .contains("final class Outer_InnerSteps {")
                .contains("    static Outer_InnerSteps of(Outer.Inner workflow, Durable durable) {")
                .contains("    public String look(String question) {")
                .doesNotContain("public final class");
    }

    @Test
    void aClassWithoutActionsHasNoFacade() {
        var compilation = preview("""
                @Workflow class Bad {
                  @Step(timeout = "1d") Plan research(Question question, Durable durable) { return null; }
                }
                """ + TYPES).succeeds();

        assertThat(compilation.files())
                .containsExactly("META-INF/millrace/shop.Bad.json", "shop/BadBinding.java", "shop/BadClient.java");
    }

    @Test
    void aFacadeIsWrittenAlthoughSomethingElseIsWrong() {
        preview("""
                @Workflow class Bad {
                  @Step(timeout = /*>*/"soon") String research(@Input String question, Durable durable) {
                    return BadSteps.of(this, durable).look(question);
                  }
                  @Action String look(String question) { return ""; }
                }
                """).failsWith("""
                [Millrace/BadDuration] "soon" is not a duration.
                    Fix: write 30s, 5m, 2h or 7d.""");
    }

    @Test
    void aCallThroughTheFacadeIsACallOfTheActionWithItsArguments() throws Exception {
        var compilation = preview("""
                @Workflow public class Bad {
                  @Step(timeout = "1d") public String research(@Input String question, Durable durable) {
                    var steps = BadSteps.of(this, durable);
                    steps.file(question, 3);
                    return steps.look(question) + steps.count(question);
                  }
                  @Action public String look(String question) { return question + "!"; }
                  @Action(name = "count-letters") public int count(String question) { return question.length(); }
                  @Action public void file(String question, int copies) {}
                }
                """).succeeds();
        var durable = new RecordedDurable();

        try (var loader = new URLClassLoader(
                new URL[] {compilation.output().toUri().toURL()}, getClass().getClassLoader())) {
            var type = loader.loadClass("shop.Bad");
            var report = type.getMethod("research", String.class, Durable.class)
                    .invoke(type.getConstructor().newInstance(), "why", durable.proxy());

            assertThat(report).isEqualTo("why!3");
        }
        assertThat(durable.calls())
                .containsExactly(
                        "file[why, 3]: java.lang.Void",
                        "look[why]: java.lang.String",
                        "count-letters[why]: java.lang.Integer");
    }

    @Test
    void anActionIsHandedValuesAndNoTransaction() {
        preview("""
                @Workflow class Bad {
                  @Step(timeout = "1d") Plan research(Question question, Durable durable) { return null; }
                  @Action Plan plan(/*>*/@Input Question question, /*>*/@From("research") Plan plan) { return null; }
                  @Action(delivery = Delivery/*>*/.TRANSACTIONAL)
                  Plan replan(Plan plan, java.sql.Connection /*>*/connection) { return null; }
                }
                """ + TYPES).failsWith("""
                [Millrace/MisplacedAnnotation] @Input has no effect: plan() is no step.
                    Fix: remove it; durable code hands the value over.""", """
                [Millrace/MisplacedAnnotation] @From has no effect: plan() is no step.
                    Fix: remove it; durable code hands the value over.""", """
                [Millrace/ActionSignature] Action replan() is TRANSACTIONAL, but its result is stored by the step that calls it, not in a transaction of its own.
                    Fix: make it a step, or use AT_LEAST_ONCE and the idempotency key of its StepContext.""", """
                [Millrace/ActionSignature] Action replan() takes a Connection (parameter 'connection'), which only TRANSACTIONAL steps are given.
                    Fix: make it a step, or take a DataSource in the constructor.""");
    }

    @Test
    void anActionMayBeCalledLikeAMethodOfEveryObjectAndReturnNothing() {
        preview("""
                @Workflow class Bad {
                  @Step(timeout = "1d") Plan research(Question question, Durable durable) { return null; }
                  @Action public String toString() { return ""; }
                  @Action Void forget(Plan plan) { return null; }
                  @Action Plan of(Plan plan) { return plan; }
                }
                """ + TYPES).succeeds();
    }

    @Test
    void whatHoldsForStepsOnlyYetIsRefusedOfActions() {
        compile("""
                @Workflow class Bad {
                  @Step(timeout = "1d") Plan research(Question question, Durable durable) { return null; }
                  @Action(delivery = Delivery/*>*/.AT_MOST_ONCE, slots = /*>*/2, fallback = /*>*/"other") Plan plan(Question question) { return null; }
                  Plan other(Question question) { return null; }
                  /*>*/@RateLimit(value = "api", limit = 5)
                  @Action Plan replan(Question question) { return null; }
                  /*>*/@Concurrency(limit = 2) /*>*/@Fair(key = "question.id") /*>*/@CircuitBreaker @Action Plan again(Question question) { return null; }
                  @Action(delivery = Delivery.AT_LEAST_ONCE, slots = 1, fallback = "") Plan plain(Question question) { return null; }
                }
                """ + TYPES)
                .failsWith(
                        refused("@Action(delivery = AT_MOST_ONCE)", "plan()"),
                        refused("@Action(slots = 2)", "plan()"),
                        refused("@Action(fallback = \"other\")", "plan()"),
                        refused("@RateLimit", "replan()"),
                        refused("@Concurrency", "again()"),
                        refused("@Fair", "again()"),
                        refused("@CircuitBreaker", "again()"));
    }

    @Test
    void theCompilerRefusesOfActionsWhatTheWorkerAndTheControlPlaneRefuse() {
        var written = Map.of(
                LaterOfActions.DELIVERY, "@Action(delivery = Delivery.AT_MOST_ONCE)",
                LaterOfActions.SLOTS, "@Action(slots = 2)",
                LaterOfActions.FALLBACK, "@Action(fallback = \"research\")",
                LaterOfActions.RATE_LIMIT, "@Action @RateLimit(value = \"api\", limit = 5)",
                LaterOfActions.CONCURRENCY, "@Action @Concurrency(limit = 2)",
                LaterOfActions.FAIR, "@Action @Fair(key = \"question.id\")",
                LaterOfActions.CIRCUIT_BREAKER, "@Action @CircuitBreaker");
        for (var later : LaterOfActions.values()) {
            compile("""
                    @Workflow class Bad {
                      @Step(timeout = "1d") Plan research(Question question, Durable durable) { return null; }
                      %s Plan plan(Question question) { return null; }
                    }
                    """.formatted(written.get(later)) + TYPES)
                    .failsMentioning(
                            "[Millrace/NotYetSupported] " + later.word().replace(")", ""));
        }
    }

    @Test
    void anActionRunsOnTheWorkerOfItsStep() {
        compile("""
                @Sticky @Requires(label = "gpu", value = "yes") @Workflow class Bad {
                  @Step(timeout = "1d") Plan research(Question question, Durable durable) { return null; }
                  /*>*/@Requires(label = "region", value = "eu") /*>*/@Prefers(label = "gpu", value = "yes") /*>*/@Sticky
                  @Action Plan plan(Question question) { return null; }
                }
                """ + TYPES)
                .failsWith(
                        misplaced("@Requires", "plan()"),
                        misplaced("@Prefers", "plan()"),
                        misplaced("@Sticky", "plan()"));
    }

    @Test
    void whatStandsSeveralTimesIsCalledAsItIsWritten() {
        compile("""
                @Workflow class Bad {
                  @Step(timeout = "1d") Plan research(Question question, Durable durable) { return null; }
                  @Requires(label = "a", value = "b") @Requires(label = "c", value = "d")
                  @Action Plan plan(Question question) { return null; }
                }
                """ + TYPES).failsMentioning(misplaced("@Requires", "plan()"));
    }

    private static String refused(String what, String action) {
        return "[Millrace/NotYetSupported] " + what + " has no effect on actions in this version of Millrace yet (on "
                + action + ").\n    Fix: say it of the step that calls " + action + ", or make the action a step.";
    }

    private static String misplaced(String what, String action) {
        return "[Millrace/MisplacedAnnotation] " + what + " has no effect: " + action
                + " is no step.\n    Fix: say it of the step that calls the action: both run on the same worker.";
    }
}
