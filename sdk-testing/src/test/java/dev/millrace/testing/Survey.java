package dev.millrace.testing;

import dev.millrace.ActionFailedException;
import dev.millrace.Durable;
import dev.millrace.Input;
import dev.millrace.Step;
import dev.millrace.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Has the towns counted by children, all at once; then the one that is done first; then one that fails. */
@Workflow(timeout = "20d")
class Survey {
    final List<String> seen = new ArrayList<>();

    @Step(timeout = "10d")
    String survey(@Input String towns, Durable durable) {
        var census = new CensusClient(durable);
        var counts = durable.all(Arrays.asList(towns.split(",")), census::start);
        durable.sleep(Duration.ofDays(1));
        var first = durable.anyOf(census.start("Bern"), census.start("Rome")).join();
        String missing;
        try {
            missing = "" + census.run("Atlantis");
        } catch (ActionFailedException e) {
            missing = e.failure().code();
        }
        var abandoned = census.start("Oslo", o -> o.abandoned().metadata("asked-by", "survey"));
        seen.add(abandoned.id());
        return counts + " " + first + " " + missing + " " + abandoned.join();
    }
}
