package dev.millrace.testing;

import dev.millrace.Input;
import dev.millrace.NonRetryableException;
import dev.millrace.Step;
import dev.millrace.StepContext;
import dev.millrace.Workflow;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Counts the people of a town, of which some do not exist. */
@Workflow
class Census {
    final List<String> counted = new ArrayList<>();
    /** What each run was given. */
    final List<String> metadata = new ArrayList<>();

    Consumer<String> happens = town -> {};

    @Step(retries = 1)
    int count(@Input String town, StepContext ctx) {
        counted.add(town);
        metadata.add(String.valueOf(ctx.metadata().get("asked-by")));
        happens.accept(town);
        if (town.equals("Atlantis")) {
            throw new NonRetryableException("There is no such town.");
        }
        return town.length();
    }
}
