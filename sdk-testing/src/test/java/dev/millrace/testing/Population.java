package dev.millrace.testing;

import dev.millrace.Durable;
import dev.millrace.Input;
import dev.millrace.Step;
import dev.millrace.Workflow;
import java.util.Arrays;

/** Adds up what many children count, one result after the other. */
@Workflow(timeout = "20d")
class Population {

    @Step(timeout = "10d")
    int count(@Input String towns, Durable durable) {
        var counts = new CensusClient(durable).startAll(Arrays.asList(towns.split(",")));
        durable.awaitAll(counts);
        int all = 0;
        for (var count : counts) {
            all += count.join();
        }
        return all;
    }
}
