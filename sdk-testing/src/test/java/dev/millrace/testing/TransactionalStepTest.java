package dev.millrace.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.connection.MillraceException;
import dev.millrace.rest.model.RunState;
import dev.millrace.rest.model.TaskState;
import dev.millrace.testing.Booking.Meanwhile;
import dev.millrace.testing.Booking.Wish;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A step whose completion commits with its effect has exactly one effect wherever its worker dies, and none if it is given up: counted in a
 * real PostgreSQL, under the real engine.
 */
@MillraceTest
class TransactionalStepTest {
    private static final Wish WISH = new Wish("Ada", 2);
    private static final Meanwhile NOTHING = (attempt, connection) -> {};
    private static EmbeddedPostgres postgres;
    private static DataSource database;

    @BeforeAll
    static void database() throws IOException, SQLException {
        postgres = EmbeddedPostgres.builder().start();
        database = postgres.getPostgresDatabase();
        execute("CREATE TABLE booking (number bigserial PRIMARY KEY, guest text NOT NULL)");
    }

    @AfterAll
    static void end() throws IOException {
        postgres.close();
    }

    @BeforeEach
    void empty() throws SQLException {
        execute("TRUNCATE booking");
        execute("DROP TABLE IF EXISTS millrace_completion");
    }

    private static void execute(String sql) throws SQLException {
        try (var connection = database.getConnection();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static long count(String table) {
        try (var connection = database.getConnection();
                var statement = connection.createStatement();
                var row = statement.executeQuery("SELECT count(*) FROM " + table)) {
            row.next();
            return row.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String letter() {
        try (var connection = database.getConnection();
                var statement = connection.createStatement();
                var row = statement.executeQuery("SELECT number FROM booking")) {
            row.next();
            return "Dear Ada, your booking is number " + row.getLong(1) + ".";
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    // ---- effects ----

    @Test
    void itsEffectAndItsCompletionAreCommittedTogether(TestMillrace millrace) {
        millrace.transactions(database).worker(new Booking(NOTHING));

        var run = millrace.run(Booking.class, WISH);

        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(run.history()).anyMatch(line -> line.contains("write"));
        assertThat(count("booking")).isOne();
        assertThat(count("millrace_completion")).isOne();
    }

    /** The worker dies before and after each call of the database, one by one; each time another one takes over. */
    @Test
    void whereverTheWorkerDiesThereIsOneEffect() throws SQLException {
        int at = 0;
        boolean died;
        var retaken = new AtomicInteger();
        do {
            at++;
            empty();
            var millrace = TestMillrace.create();
            var first = new AtomicReference<TestWorker>();
            var dying = new DyingDatabase(database, at, () -> first.get().kill());
            millrace.transactions(new AfterStart(database, dying));
            first.set(millrace.worker(new Booking(NOTHING)));
            var run = millrace.start(Booking.class, WISH);
            died = dying.isDead();
            if (died) {
                millrace.transactions(database).worker(new Booking((attempt, connection) -> retaken.incrementAndGet()));
            }
            run.await();
            assertThat(run.state()).as(dying.where() + "\n" + run).isEqualTo(RunState.SUCCEEDED);
            assertThat(count("booking"))
                    .as("effects, when the worker dies " + dying.where())
                    .isOne();
            assertThat(run.stateOf("write")).isEqualTo(TaskState.SUCCEEDED);
            assertThat(run.result(BookingResult.class).write())
                    .as(dying.where())
                    .isEqualTo(letter());
        } while (died);
        assertThat(at).as("moments").isGreaterThan(20);
        assertThat(retaken)
                .as("takeovers that entered the method")
                .hasPositiveValue()
                .hasValueLessThan(at - 1);
    }

    /** Both of the workflow's ends. */
    record BookingResult(int clean, String write) {}

    /** The database as workers see it when they start, and another way to it afterwards. */
    private static final class AfterStart extends DelegatingDataSource {
        private boolean started;
        private final DataSource later;

        AfterStart(DataSource first, DataSource later) {
            super(first);
            this.later = later;
        }

        @Override
        public java.sql.Connection getConnection() throws SQLException {
            if (started) {
                return later.getConnection();
            }
            started = true;
            return super.getConnection();
        }
    }

    @Test
    void anAttemptThatWasThoughtLostCannotCommitAfterTheNext(TestMillrace millrace) {
        var first = new AtomicReference<TestWorker>();
        Meanwhile cutOff = (attempt, connection) -> {
            if (attempt == 1) {
                first.get().disconnect();
                millrace.advance(Duration.ofSeconds(20)); // the second worker books meanwhile
                assertThat(count("booking")).isOne();
                first.get().connect();
            }
        };
        millrace.transactions(database);
        var booking = new Booking(cutOff);
        first.set(millrace.worker(booking));
        var second = millrace.worker(new Booking(cutOff));
        second.disconnect();
        var run = new AtomicReference<TestRun>();
        first.get().disconnect();
        run.set(millrace.start(Booking.class, WISH));
        first.get().connect();
        second.connect();

        run.get().await();

        assertThat(run.get().state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(count("booking")).isOne();
    }

    @Test
    void itsConnectionCannotBeCommittedByItself(TestMillrace millrace) {
        millrace.transactions(database)
                .worker(new Booking((attempt, connection) -> assertThatThrownBy(connection::commit)
                        .hasMessageContaining("commit() is not for a TRANSACTIONAL step")));

        assertThat(millrace.run(Booking.class, WISH).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void aMethodThatThrowsLeavesNothing(TestMillrace millrace) {
        millrace.transactions(database).worker(new Booking((attempt, connection) -> {
            throw new SQLException("no room");
        }));

        var run = millrace.run(Booking.class, WISH);

        assertThat(run.state()).isEqualTo(RunState.FAILED);
        assertThat(run.failure().orElseThrow().message()).isEqualTo("no room");
        assertThat(count("booking")).isZero();
        assertThat(run.attemptsOf("book")).as("two, and the seal").isEqualTo(3);
    }

    @Test
    void withoutADatabaseItIsNotServed(TestMillrace millrace) {
        assertThatThrownBy(() -> millrace.worker(new Booking(NOTHING)))
                .isInstanceOf(MillraceException.class)
                .hasMessageContaining("Step 'book' of workflow 'booking' is TRANSACTIONAL, but the worker was given no"
                        + " database.");
    }

    // ---- given up ----

    /** Lets something happen in the only attempts, which are the first two. */
    private static TestRun started(TestMillrace millrace, Booking booking, AtomicReference<TestRun> run) {
        var worker = millrace.transactions(database).worker(booking);
        worker.disconnect();
        run.set(millrace.start(Booking.class, WISH));
        worker.connect();
        return run.get();
    }

    @Test
    void whatRanTooLongIsSealedAndCannotCommitAnyMore(TestMillrace millrace) {
        var run = new AtomicReference<TestRun>();
        var booking = new Booking((attempt, connection) -> millrace.advance(Duration.ofSeconds(45)));

        started(millrace, booking, run).await();

        assertThat(run.get().failure().orElseThrow().code()).isEqualTo("STEP_TIMEOUT");
        assertThat(run.get().history()).anyMatch(line -> line.contains("SEALING"));
        assertThat(count("booking")).isZero();
        assertThat(count("millrace_completion WHERE sealed")).isOne();
    }

    @Test
    void whatIsCancelledHasNoEffect(TestMillrace millrace) {
        var run = new AtomicReference<TestRun>();
        var booking = new Booking((attempt, connection) -> run.get().cancel("not wanted"));

        started(millrace, booking, run).await();

        assertThat(run.get().state()).isEqualTo(RunState.CANCELLED);
        assertThat(run.get().stateOf("book")).isEqualTo(TaskState.CANCELLED);
        assertThat(count("booking")).isZero();
    }

    /** Nobody heard that the lost attempt had committed, but its database knows; so there is something to undo. */
    @Test
    void aCancelledRunUndoesWhatALostAttemptHadCommitted(TestMillrace millrace) throws SQLException {
        var first = new AtomicReference<TestWorker>();
        var booking = new Booking(NOTHING);
        millrace.transactions(new AfterStart(
                database, new AfterCommit(database, () -> first.get().kill())));
        first.set(millrace.worker(booking));
        var run = millrace.start(Booking.class, WISH);
        assertThat(count("booking")).isOne();

        run.cancel("not wanted any more");
        millrace.transactions(database).worker(booking);
        run.await();

        assertThat(run.state()).isEqualTo(RunState.CANCELLED);
        assertThat(run.stateOf("book")).as(run.toString()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(booking.undone).hasSize(1);
        assertThat(count("booking")).isOne();
    }

    /** Something happens right after each commit. */
    private static final class AfterCommit extends DelegatingDataSource {
        private final Runnable happens;

        AfterCommit(DataSource real, Runnable happens) {
            super(real);
            this.happens = happens;
        }

        @Override
        public java.sql.Connection getConnection() throws SQLException {
            var real = super.getConnection();
            return (java.sql.Connection) java.lang.reflect.Proxy.newProxyInstance(
                    getClass().getClassLoader(),
                    new Class<?>[] {java.sql.Connection.class},
                    (proxy, method, arguments) -> {
                        try {
                            var value = method.invoke(real, arguments);
                            if (method.getName().equals("commit")) {
                                happens.run();
                            }
                            return value;
                        } catch (java.lang.reflect.InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
        }
    }

    @Test
    void whatWasCommittedCountsAlthoughItsTimeWasUp(TestMillrace millrace) throws SQLException {
        var late = new AtomicReference<Runnable>(() -> {});
        millrace.transactions(new AfterStart(
                database,
                new AfterCommit(database, () -> late.getAndSet(() -> {}).run())));
        late.set(() -> millrace.advance(Duration.ofSeconds(45)));
        millrace.worker(new Booking(NOTHING));

        var run = millrace.run(Booking.class, WISH);

        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(run.attemptsOf("book")).isEqualTo(2);
        assertThat(count("booking")).isOne();
    }

    @Test
    void whatCannotBeSealedInTimeIsToldToBeUnknown(TestMillrace millrace) {
        var first = new AtomicReference<TestWorker>();
        millrace.transactions(new AfterStart(
                database, new AfterCommit(database, () -> first.get().kill())));
        first.set(millrace.worker(new Booking(NOTHING)));
        var run = millrace.start(Booking.class, WISH);

        millrace.transactions(new AfterStart(database, new DyingDatabase(database, 1, () -> {})))
                .worker(new Booking(NOTHING));
        run.await();

        var failure = run.failure().orElseThrow();
        assertThat(failure.code()).isEqualTo("NOT_SEALED");
        assertThat(failure.message())
                .startsWith("Step 'book' is given up (TRANSACTION_FAILED: ")
                .contains("whether its transaction was committed could not be settled");
    }
}
