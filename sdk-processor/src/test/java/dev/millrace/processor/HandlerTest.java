package dev.millrace.processor;

import static dev.millrace.processor.Compilation.compile;

import org.junit.jupiter.api.Test;

class HandlerTest {
    private static final String TYPES = """
            record Order(String id) {}
            record Payment(String id) {}
            record Reservation(String id) {}
            """;

    @Test
    void whatFailedIsARunFailure() {
        compile("""
                @Workflow class Bad {
                  @Step void charge(Order order) {}
                  @OnFailure void alert(Exception /*>*/thrown) {}
                }
                record Order(String id) {}
                """).failsWith("""
                [Millrace/OnFailureSignature] On-failure method alert() cannot take Exception (parameter 'thrown').
                    It may take the workflow's input, a RunFailure and a StepContext; no step need have succeeded.
                    Fix: take a RunFailure, which says what failed and why.""");
    }

    @Test
    void aCompensationTakesWhatTheStepItUndoesReturned() {
        compile("""
                @Workflow class Bad {
                  @Step Payment charge(Order order) { return null; }
                  @Compensate void /*>*/refund(Order order) {}
                }
                """ + TYPES).failsWith("""
                [Millrace/CompensatesUnknown] Compensation refund() takes no value that a step of Bad returns, so nobody knows what it undoes.
                    Steps return: Payment (charge)
                    Fix: take the result of the step, or name the step: @Compensate("…").""");
    }

    @Test
    void aCompensationUndoesOneStep() {
        compile("""
                @Workflow class Bad {
                  @Step Reservation hold(Order order) { return null; }
                  @Step Reservation reserve(Order order) { return null; }
                  @Compensate void /*>*/release(Reservation reservation) {}
                }
                """ + TYPES).failsWith("""
                [Millrace/CompensatesAmbiguous] Compensation release() could undo hold() and reserve().
                    Fix: name the step: @Compensate("hold") or @Compensate("reserve").""");
    }

    @Test
    void aNamedCompensationUndoesThatStep() {
        compile("""
                @Workflow class Bad {
                  @Step Reservation hold(Order order) { return null; }
                  @Step Reservation reserve(Order order) { return null; }
                  @Compensate("reserve") void release(Reservation reservation, Order order, StepContext context) {}
                  @Compensate("hold") void unhold() {}
                }
                """ + TYPES).succeeds();
    }

    @Test
    void aCompensationNamesAStep() {
        compile("""
                @Workflow class Bad {
                  @Step Payment charge(Order order) { return null; }
                  @Compensate(/*>*/"charged") void refund(Payment payment) {}
                }
                """ + TYPES).failsWith("""
                [Millrace/UnknownStep] @Compensate("charged") names no step of Bad. Did you mean "charge"?
                    Steps: charge
                    Fix: write "charge".""");
    }

    @Test
    void aStepIsUndoneOnce() {
        compile("""
                @Workflow class Bad {
                  @Step Payment charge(Order order) { return null; }
                  @Compensate void refund(Payment payment) {}
                  @Compensate void /*>*/apologize(Payment payment) {}
                }
                """ + TYPES).failsWith("""
                [Millrace/CompensatesTwice] Step charge() is undone by refund() already, and by apologize() again.
                    Fix: do both in one method.""");
    }

    @Test
    void aCompensationTakesOnlyWhatIsThereWhenItRuns() {
        compile("""
                @Workflow class Bad {
                  @Step Payment charge(Order order) { return null; }
                  @Step Reservation reserve(Order order) { return null; }
                  @Compensate("charge") String /*>*/refund(Payment payment, Reservation /*>*/reservation) { return ""; }
                }
                """ + TYPES).failsWith("""
                [Millrace/CompensateSignature] Compensation refund() returns String, but nothing takes the value of a compensation.
                    Fix: make it void.""", """
                [Millrace/CompensateSignature] Compensation refund() of charge() cannot take Reservation (parameter 'reservation').
                    It may take the result of the step it undoes, the workflow's input and a StepContext.
                    Fix: put what it needs into the result of charge().""");
    }

    @Test
    void theOnFailureMethodTakesOnlyWhatEveryFailedRunHas() {
        compile("""
                @Workflow class Bad {
                  @Step Payment charge(Order order) { return null; }
                  @OnFailure String /*>*/alert(Order order, RunFailure failure, StepContext context, Payment /*>*/payment, int /*>*/n) {
                    return "";
                  }
                }
                """ + TYPES).failsWith("""
                [Millrace/OnFailureSignature] On-failure method alert() returns String, but nothing takes its value.
                    Fix: make it void.""", """
                [Millrace/OnFailureSignature] On-failure method alert() cannot take Payment (parameter 'payment').
                    It may take the workflow's input, a RunFailure and a StepContext; no step need have succeeded.
                    Fix: remove the parameter.""", """
                [Millrace/OnFailureSignature] On-failure method alert() cannot take int (parameter 'n').
                    It may take the workflow's input, a RunFailure and a StepContext; no step need have succeeded.
                    Fix: remove the parameter.""");
    }

    @Test
    void thereIsOneOnFailureMethod() {
        compile("""
                @Workflow class Bad {
                  @Step Payment charge(Order order) { return null; }
                  @OnFailure void alert(RunFailure failure) {}
                  @OnFailure void /*>*/page(RunFailure failure) {}
                }
                """ + TYPES).failsWith("""
                [Millrace/TwoOnFailure] Bad has two methods with @OnFailure: alert() and page().
                    Fix: do both in one method.""");
    }
}
