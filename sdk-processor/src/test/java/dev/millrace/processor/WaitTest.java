package dev.millrace.processor;

import static dev.millrace.processor.Compilation.preview;

import org.junit.jupiter.api.Test;

/** Steps that wait for events and for people. */
class WaitTest {
    private static final String TYPES = """
            record Order(String id) {}
            record Payment(String id) {}
            record Decision(boolean approved, Optional<String> remark, List<Kind> kinds, Instant when) {}
            enum Kind { A, B }
            """;

    @Test
    void aStepMayWaitForEventsAndForPeople() {
        preview("""
                @Workflow class Bad {
                  @Step String ship(
                    Order order,
                    @Await(event = "invoice.paid", timeout = "7d") Payment payment,
                    @Await(event = "invoice.checked", timeout = "7d") Optional<Payment> checked,
                    @Approval(value = "Ship it?", role = "editor", timeout = "2d") Decision decision,
                    @Approval(timeout = "2d") Optional<Decision> second) { return ""; }
                }
                """ + TYPES).succeeds();
    }

    @Test
    void aWaitSaysWhenItEnds() {
        preview("""
                @Workflow class Bad {
                  @Step String ship(
                    Order order,
                    /*>*/@Await(event = "invoice.paid") Payment payment,
                    /*>*/@Approval Decision decision,
                    @SuppressWarnings("Millrace/AwaitWithoutTimeout") @Approval Decision second) { return ""; }
                }
                """ + TYPES).warnsWith("""
                [Millrace/AwaitWithoutTimeout] ship() may wait for "invoice.paid" until the run ends, which is after 30d, the default.
                    If it is meant, say so: @SuppressWarnings("Millrace/AwaitWithoutTimeout")
                    Fix: say how long it may wait: timeout = "7d".""", """
                [Millrace/AwaitWithoutTimeout] ship() may wait for an answer until the run ends, which is after 30d, the default.
                    If it is meant, say so: @SuppressWarnings("Millrace/AwaitWithoutTimeout")
                    Fix: say how long it may wait: timeout = "7d".""");
    }

    @Test
    void aWaitIsNotLongerThanItsRun() {
        preview("""
                @Workflow(timeout = "1d") class Bad {
                  @Step String ship(Order order, @Await(event = "paid", timeout = /*>*/"7d") Payment payment) { return ""; }
                  @Step int count(Order order, @Approval(timeout = /*>*/"soon") Decision decision) { return 1; }
                }
                """ + TYPES).failsWith("""
                [Millrace/StepOutlivesWorkflow] ship() may wait 7d, but the run ends after 1d.
                    Fix: shorten the wait, or write a longer deadline: @Workflow(timeout = "…").""", """
                [Millrace/BadDuration] "soon" is not a duration.
                    Fix: write 30s, 5m, 2h or 7d.""");
    }

    @Test
    void aWaitAloneSaysWhereTheValueComesFrom() {
        preview("""
                @Workflow class Bad {
                  @Step Payment charge(Order order) { return null; }
                  @Step String ship(
                    /*>*/@From("charge") @Await(event = "paid", timeout = "7d") Payment payment,
                    @Await(event = "paid", timeout = "7d") /*>*/@Approval(timeout = "7d") Decision decision) { return ""; }
                  @Step int count(/*>*/@Input @Approval(timeout = "7d") Decision decision) { return 1; }
                }
                """ + TYPES).failsWith("""
                [Millrace/ConflictingAnnotations] @Await and @From exclude each other (parameter 'payment' of ship()).
                    Fix: keep the one that says where the value comes from.""", """
                [Millrace/ConflictingAnnotations] @Await and @Approval exclude each other (parameter 'decision' of ship()).
                    Fix: keep the one that says where the value comes from.""", """
                [Millrace/ConflictingAnnotations] @Approval and @Input exclude each other (parameter 'decision' of count()).
                    Fix: keep the one that says where the value comes from.""");
    }

    @Test
    void onlyStepsWait() {
        preview("""
                @Workflow class Bad {
                  @Step(timeout = "1d") Payment charge(Order order, Durable durable) { return null; }
                  @Action int count(/*>*/@Await(event = "paid", timeout = "7d") Payment payment) { return 1; }
                  @OnFailure void alert(/*>*/@Approval(timeout = "7d") Decision decision) {}
                }
                """ + TYPES).failsWith("""
                [Millrace/MisplacedAnnotation] @Await has no effect: count() is no step.
                    Fix: wait in the durable step, with durable.event(…), and hand the answer over.""", """
                [Millrace/MisplacedAnnotation] @Approval has no effect: alert() is no step.
                    Fix: remove it.""");
    }

    @Test
    void eventsAndRolesHaveNames() {
        preview("""
                @Workflow class Bad {
                  @Step String ship(
                    Order order,
                    @Await(event = /*>*/"invoice paid", timeout = "7d") Payment payment,
                    @Approval(role = /*>*/"", timeout = "2d") Decision decision,
                    @Approval(value = /*>*/" ", timeout = "2d") Decision second) { return ""; }
                }
                """ + TYPES).failsWith("""
                [Millrace/BadName] "invoice paid" is no name for an event: names are 1 to 128 letters (a-z, A-Z), digits, '.', '_', ':' or '-', beginning with a letter or a digit.
                    Fix: write another name, as in @Await(event = "invoice-paid").""", """
                [Millrace/BadName] "" is no name for a role: names are 1 to 128 letters (a-z, A-Z), digits, '.', '_', ':' or '-', beginning with a letter or a digit.
                    Fix: write another name, as in @Approval(role = "…").""", """
                [Millrace/BadName] What @Approval asks is no heading of a form: headings are one line of 1 to 128 characters, this one has 1.
                    Fix: write a short question, and explain it in the documentation of the form's type.""");
    }

    @Test
    void whatIsAwaitedCanBeRead() {
        preview("""
                @Workflow class Bad {
                  @Step String ship(Order order, @Await(event = "paid", timeout = "7d") Object /*>*/payment) { return ""; }
                }
                """ + TYPES).failsWith("""
                [Millrace/NotSerializable] Object could be anything, so nobody knows what to read back (parameter 'payment' of ship()).
                    Fix: write the type itself.""");
    }

    @Test
    void anApprovalIsAForm() {
        preview("""
                @Workflow class Bad {
                  @Step String ship(
                    Order order,
                    @Approval(timeout = "2d") boolean /*>*/yes,
                    @Approval(timeout = "2d") Empty /*>*/empty,
                    @Approval(timeout = "2d") Optional<Deep> /*>*/deep,
                    @Approval(timeout = "2d") Lists /*>*/lists) { return ""; }
                }
                record Empty() {}
                record Deep(Order order, int count) {}
                record Lists(List<List<String>> texts, List<Integer> numbers) {}
                """ + TYPES).failsWith("""
                [Millrace/ApprovalForm] boolean is no record, so there is no form for it (parameter 'yes' of ship()).
                    Fix: make a record with a component for each question, such as record Decision(boolean approved, String remark) {}.""", """
                [Millrace/ApprovalForm] Empty has no components, so its form asks nothing (parameter 'empty' of ship()).
                    Fix: add a component for each question.""", """
                [Millrace/ApprovalForm] Deep.order is Order, for which a form has no field (parameter 'deep' of ship()).
                    Fix: ask with texts, numbers, booleans, enums, dates and times, optional ones or lists of them.""", """
                [Millrace/ApprovalForm] Lists.texts is List<List<String>>, for which a form has no field (parameter 'lists' of ship()).
                    Fix: ask with texts, numbers, booleans, enums, dates and times, optional ones or lists of them.""");
    }
}
