package dev.millrace.testing;

import dev.millrace.Durable;
import dev.millrace.Input;
import dev.millrace.Outcome;
import dev.millrace.Step;
import dev.millrace.Workflow;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Has towns counted by children, and goes on whatever they end as. */
@Workflow(timeout = "20d")
class Referendum {

    @Step(timeout = "10d")
    String count(@Input String towns, Durable durable) {
        return durable.settled(Arrays.asList(towns.split(",")), new CensusClient(durable)::start).stream()
                .map(Referendum::said)
                .collect(Collectors.joining(" "));
    }

    private static String said(Outcome<Integer> outcome) {
        if (outcome instanceof Outcome.Succeeded<Integer> succeeded) {
            return "" + succeeded.value();
        }
        return outcome instanceof Outcome.Failed<Integer> failed
                ? failed.failure().code()
                : "none";
    }
}
