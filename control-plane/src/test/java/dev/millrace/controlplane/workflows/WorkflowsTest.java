package dev.millrace.controlplane.workflows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.controlplane.store.TestDatabase;
import dev.millrace.controlplane.tenancy.Principal;
import dev.millrace.controlplane.tenancy.RequestDatabase;
import dev.millrace.controlplane.tenancy.UuidV7;
import dev.millrace.controlplane.testing.Workflow;
import dev.millrace.engine.ServiceId;
import dev.millrace.engine.TenantId;
import dev.millrace.engine.VersionRef;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.ManifestJson;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When the database is asked for versions; every question is carried out by the test. */
class WorkflowsTest {
    private final TestDatabase database = TestDatabase.create();
    private final TenantId tenant = new TenantId(UuidV7.next());
    private final ServiceId service = new ServiceId(UuidV7.next());
    private final Principal who =
            new Principal(tenant, "acme", service, "orders", "t", Set.of(), Instant.parse("2100-01-01T00:00:00Z"));
    private final Manifest manifest = Workflow.chain("orders", "charge");
    private final TurnedClock clock = new TurnedClock();
    private final Questions questions = new Questions();
    private final Workflows workflows = new Workflows(
            new WorkflowRows(new RequestDatabase(database.database().request())), clock, questions);

    WorkflowsTest() {
        insert(tenant, "acme");
    }

    private void insert(TenantId tenant, String name) {
        database.execute("INSERT INTO core.tenant VALUES ('" + tenant + "', '" + name + "', 0, now())");
        database.execute("INSERT INTO core.service VALUES ('" + tenant + "', '" + service + "', 'orders', now())");
        database.execute("INSERT INTO core.workflow VALUES ('" + tenant + "', 'orders', '" + service + "', 0, '"
                + manifest.hash() + "', now())");
        store(tenant, manifest);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void whoWantTheSameAtTheSameTimeShareOneQuestion() {
        var one = find();
        var other = find();
        assertThat(questions.waiting).hasSize(1);
        questions.answer();
        assertThat(one.join()).isSameAs(other.join());
        assertThat(find()).isCompleted();
        assertThat(questions.waiting).isEmpty();
    }

    @Test
    void aWorkflowInUseIsAskedForAgainWhileTheOldAnswerServes() {
        find();
        questions.answer();
        clock.turn(Duration.ofMillis(1_500));
        assertThat(find()).as("believed for a while longer").isCompleted();
        assertThat(find()).isCompleted();
        assertThat(questions.waiting).hasSize(1);
        questions.answer();
        clock.turn(Duration.ofMillis(900));
        assertThat(find()).isCompleted();
        assertThat(questions.waiting).isEmpty();
    }

    @Test
    void anAnswerThatIsTooOldServesNobody() {
        find();
        questions.answer();
        var newer = Workflow.chain("orders", "charge", "ship");
        store(tenant, newer);
        database.execute("UPDATE core.workflow SET latest_version = '" + newer.hash() + "'");
        clock.turn(Duration.ofSeconds(3));
        var found = find();
        assertThat(found).isNotDone();
        questions.answer(); // something has been registered
        assertThat(found).isNotDone();
        questions.answer(); // and this is it
        assertThat(found.join().ref().hash()).isEqualTo(newer.hash());
    }

    @Test
    void oneQuestionServesAllWorkflowsOfAllTenantsAsLongAsNothingIsRegistered() {
        var others = new ArrayList<Principal>();
        for (int i = 0; i < 3; i++) {
            var other = new TenantId(UuidV7.next());
            others.add(new Principal(other, "other", service, "orders", "t", Set.of(), who.expiresAt()));
            insert(other, "other" + i);
        }
        others.forEach(other -> workflows.find(other, "orders", "", ""));
        while (!questions.waiting.isEmpty()) {
            questions.answer();
        }
        clock.turn(Duration.ofSeconds(3));

        var found = others.stream()
                .map(other -> workflows.find(other, "orders", "", "").toCompletableFuture())
                .toList();

        assertThat(questions.waiting).hasSize(1);
        questions.answer();
        assertThat(questions.waiting).isEmpty();
        assertThat(found).allSatisfy(each -> assertThat(each).isCompleted());
        assertThat(found.get(0).join().plan())
                .as("the same manifest is read once")
                .isSameAs(found.get(1).join().plan());
    }

    @Test
    void aQuestionForRegistrationsThatFailsIsAskedAgain() {
        find();
        questions.answer();
        clock.turn(Duration.ofSeconds(3));
        var failed = find();
        database.execute("ALTER TABLE core.workflow_changes RENAME TO elsewhere");
        questions.answer();
        assertThat(failed).isCompletedExceptionally();
        database.execute("ALTER TABLE core.elsewhere RENAME TO workflow_changes");
        var again = find();
        questions.answer();
        assertThat(again).isCompleted();
    }

    @Test
    void whoAsksAfterARegistrationIsNotToldWhatWasOnItsWay() {
        var before = find();
        workflows.registered(tenant, "orders");
        var after = find();
        assertThat(questions.waiting).hasSize(2);
        questions.answer();
        questions.answer();
        assertThat(before.join().ref()).isEqualTo(after.join().ref());
    }

    @Test
    void theVersionOfARunIsReadOnce() {
        var ref = new VersionRef("orders", manifest.hash());
        var first = workflows.of(tenant, ref).toCompletableFuture();
        questions.answer();
        clock.turn(Duration.ofDays(1));
        assertThat(workflows.of(tenant, ref).toCompletableFuture()).isCompletedWithValue(first.join());
        assertThat(questions.waiting).isEmpty();
    }

    @Test
    void aQuestionThatFailsIsAskedAgain() {
        var failed = find();
        database.execute("ALTER TABLE core.version RENAME TO elsewhere");
        questions.answer();
        assertThat(failed).isCompletedExceptionally();
        database.execute("ALTER TABLE core.elsewhere RENAME TO version");
        var again = find();
        questions.answer();
        assertThat(again.join().ref().workflow()).isEqualTo("orders");
    }

    private CompletableFuture<WorkflowVersion> find() {
        return workflows.find(who, "orders", "", "").toCompletableFuture();
    }

    private void store(TenantId tenant, Manifest stored) {
        database.execute("INSERT INTO core.version VALUES ('" + tenant + "', 'orders', '" + stored.hash()
                + "', '', convert_to('" + ManifestJson.write(stored).replace("'", "''") + "', 'UTF8'), now())");
    }

    /** Keeps questions until the test has them answered. */
    private static final class Questions extends AbstractExecutorService {
        private final Queue<Runnable> waiting = new ArrayDeque<>();

        void answer() {
            waiting.remove().run();
        }

        @Override
        public void execute(Runnable question) {
            waiting.add(question);
        }

        @Override
        public void shutdown() {}

        @Override
        public List<Runnable> shutdownNow() {
            return List.of();
        }

        @Override
        public boolean isShutdown() {
            return false;
        }

        @Override
        public boolean isTerminated() {
            return false;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return true;
        }
    }

    private static final class TurnedClock extends Clock {
        private Instant now = Instant.parse("2026-11-21T12:00:00Z");

        void turn(Duration by) {
            now = now.plus(by);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
