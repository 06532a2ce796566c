package dev.millrace.samples.research;

import static dev.millrace.testing.MillraceAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.RetryAfterException;
import dev.millrace.rest.model.RunState;
import dev.millrace.rest.model.TaskState;
import dev.millrace.samples.research.Decision.Kind;
import dev.millrace.samples.research.Message.Role;
import dev.millrace.samples.research.ResearchAgent.Words;
import dev.millrace.samples.research.simulated.Inquiry;
import dev.millrace.samples.research.simulated.ScriptedModel;
import dev.millrace.samples.research.simulated.SimulatedLibrary;
import dev.millrace.testing.MillraceTest;
import dev.millrace.testing.TestMillrace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What happens between the steps: the real engine in memory, a model that follows a script, and a clock that the tests turn. */
@MillraceTest
class ResearchRunTest {
    private static final Question HEAT_PUMPS = new Question("heat pumps");

    /** What the model was asked. */
    private final List<Prompt> prompts = new ArrayList<>();

    @Test
    void aQuestionIsAnsweredFromSeveralSourcesInSeveralRounds(TestMillrace millrace) {
        work(millrace, answer -> answer);

        var run = millrace.run(ResearchAgent.class, HEAT_PUMPS);

        var dossier = run.result(Dossier.class);
        assertThat(dossier.decision().kind()).isEqualTo(Kind.ANSWER);
        assertThat(dossier.report().orElseThrow().text()).contains("heat pumps", "30 % cheaper");
        assertThat(run.elementsOf("gather")).isEqualTo(3);
        assertThat(rounds()).isEqualTo(3);
    }

    @Test
    void theToolsThatTheModelWantsAreUsedAndItIsToldTheirResults(TestMillrace millrace) {
        work(millrace, answer -> answer);

        millrace.run(ResearchAgent.class, HEAT_PUMPS);

        assertThat(prompts.get(2).messages())
                .filteredOn(message -> message.role() == Role.TOOL)
                .extracting(Message::text)
                .containsExactly(
                        "-30 %",
                        "[{\"id\":\"news-1\",\"text\":\"Sales of used heat pumps have doubled within a year.\"}]");
    }

    @Test
    void anAnswerThatIsNotTheJsonAskedForIsAskedForAgain(TestMillrace millrace) {
        work(millrace, answer -> answer);

        millrace.run(ResearchAgent.class, HEAT_PUMPS);

        var last = prompts.get(3).messages();
        assertThat(last.get(last.size() - 1).text()).startsWith("That was not the JSON that you were asked for: ");
    }

    @Test
    void aPlanThatIsOfNoUseIsAnAttemptThatFailed(TestMillrace millrace) {
        work(millrace, answer -> prompts.size() == 1 ? new Answer("{\"plan\": 1}", List.of(), 10) : answer);

        var run = millrace.run(ResearchAgent.class, HEAT_PUMPS);

        assertThat(run).succeeded().step("plan").attempts(2);
    }

    @Test
    void aToolThatThereIsNotIsToldToTheModel(TestMillrace millrace) {
        work(
                millrace,
                answer -> prompts.size() == 2
                        ? new Answer(
                                "", List.of(new ToolCall("c", "phone", "{}"), new ToolCall("d", "change", "{}")), 10)
                        : answer);

        millrace.run(ResearchAgent.class, HEAT_PUMPS);

        assertThat(prompts.get(2).messages())
                .filteredOn(message -> message.role() == Role.TOOL)
                .extracting(Message::text)
                .satisfiesExactly(
                        phone -> assertThat(phone).isEqualTo("There is no tool 'phone'."),
                        change -> assertThat(change).contains("'from'"));
    }

    @Test
    void whatTheModelHasMadeUpIsDropped(TestMillrace millrace) {
        work(millrace, answer -> answer);

        var verified = millrace.run(ResearchAgent.class, HEAT_PUMPS)
                .result(Dossier.class)
                .verified();

        assertThat(verified.claims()).hasSize(2);
        assertThat(verified.dropped()).containsExactly("Everybody wants them.");
    }

    @Test
    void whoeverFollowsTheRunReadsTheReportWhileItIsWritten(TestMillrace millrace) {
        work(millrace, answer -> answer);

        var run = millrace.run(ResearchAgent.class, HEAT_PUMPS);

        var words = run.stream("report", Words.class);
        assertThat(words).hasSizeGreaterThan(10);
        assertThat(words.stream().map(item -> item.value().text()).collect(Collectors.joining()))
                .isEqualTo(run.result(Dossier.class).report().orElseThrow().text());
    }

    @Test
    void whereTooLittleIsKnownNothingIsReported(TestMillrace millrace) {
        work(millrace, answer -> answer);

        var run = millrace.run(ResearchAgent.class, new Question("cold fusion"));

        assertThat(run).succeeded().step("report").skipped();
        assertThat(run.result(Dossier.class).report()).isEmpty();
    }

    @Test
    void everythingThatTheModelCostIsOnTheRunsAccount(TestMillrace millrace) {
        var tokens = new ArrayList<Long>();
        work(millrace, answer -> {
            tokens.add(answer.tokens());
            return answer;
        });

        var run = millrace.run(ResearchAgent.class, HEAT_PUMPS);

        assertThat(run.used(Model.TOKENS))
                .isEqualTo(tokens.stream().mapToLong(Long::longValue).sum());
    }

    @Test
    void aRunThatWouldUseMoreThanItsBudgetFails(TestMillrace millrace) {
        work(millrace, answer -> answer);

        var run = millrace.run(ResearchAgent.class, new Question("everything"));

        assertThat(run).failed().because("BUDGET_EXCEEDED");
    }

    @Test
    void aModelWithTooMuchToDoIsLeftAloneByEverybody(TestMillrace millrace) {
        work(millrace, answer -> {
            if (prompts.size() == 1) {
                throw new RetryAfterException(Duration.ofSeconds(30), Model.LIMIT);
            }
            return answer;
        });

        var first = millrace.start(ResearchAgent.class, HEAT_PUMPS);
        var second = millrace.start(ResearchAgent.class, new Question("battery trains"));
        assertThat(prompts).as("the second is not even tried").hasSize(1);
        assertThat(second.stateOf("plan")).isEqualTo(TaskState.QUEUED);
        millrace.advance(Duration.ofSeconds(31));

        assertThat(first.await().state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(second.await().state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void everyInquiryEndsAsItsTopicSays(TestMillrace millrace) {
        work(millrace, answer -> answer);
        for (var inquiry : Inquiry.all()) {
            prompts.clear();
            var run = millrace.run(ResearchAgent.class, inquiry.question());

            var topic = inquiry.question().topic();
            assertThat(rounds()).as(topic).isEqualTo(inquiry.rounds());
            assertThat(run.state() == RunState.SUCCEEDED)
                    .as(topic)
                    .isEqualTo(inquiry.decision().isPresent());
            inquiry.decision()
                    .ifPresent(decision -> assertThat(
                                    run.result(Dossier.class).decision().kind())
                            .as(topic)
                            .isEqualTo(decision));
        }
    }

    @Test
    void aCrashAnywhereChangesNothing() {
        int places = TestMillrace.crashEverywhere(millrace -> {
            work(millrace, answer -> answer);
            return millrace.run(ResearchAgent.class, HEAT_PUMPS);
        });

        assertThat(places).isGreaterThan(30);
    }

    private long rounds() {
        return prompts.stream()
                .filter(prompt -> prompt.messages().get(0).text().equals(Instructions.ANALYSE))
                .count();
    }

    /** @param says what the model says instead of what is in its script */
    private void work(TestMillrace millrace, UnaryOperator<Answer> says) {
        var scripted = new ScriptedModel();
        var model = new Model() {
            @Override
            public Answer answer(Prompt prompt, Consumer<String> pieces) {
                prompts.add(prompt);
                return says.apply(scripted.answer(prompt, pieces));
            }
        };
        millrace.worker(new ResearchAgent(model, new SimulatedLibrary()), new Completion(model));
    }
}
