package dev.millrace.engine.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.Priority;
import dev.millrace.engine.scheduling.Kind.Take;
import dev.millrace.engine.timer.Timers;
import dev.millrace.manifest.placement.PlacementSpec;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A lane can be found again by its name, whoever owns the shard. */
class LaneNameTest {

    private static Lane lane(int shapesBefore, int uses) {
        var scheduler = new Scheduler(new Timers(), () -> {});
        for (int i = 0; i < shapesBefore; i++) {
            scheduler.shape("s", "other-" + i, "shape");
        }
        var limits = new ArrayList<Take>();
        for (int i = 0; i < uses; i++) {
            limits.add(new Take("a-limit-with-a-long-name-" + i, "", 1));
        }
        return scheduler.lane(new Kind(
                scheduler.shape("s", "orders", "0123456789abcdef0123"),
                uses > 1,
                Priority.HIGH,
                2,
                PlacementSpec.ANYWHERE,
                "",
                "",
                List.of(),
                List.of(),
                limits));
    }

    @Test
    void aNameSaysWhatTheTasksHaveInCommon() {
        assertThat(lane(0, 0).name()).isEqualTo("orders/0123456789abcdef/HIGH/2");
        assertThat(lane(0, 1).name()).isEqualTo("orders/0123456789abcdef/HIGH/2/t:26:a-limit-with-a-long-name-0:0:*1");
    }

    @Test
    void aNameDoesNotDependOnWhatWasThereBefore() {
        assertThat(lane(7, 1).name()).isEqualTo(lane(0, 1).name());
    }

    @Test
    void longNamesAreCutAndStayDifferent() {
        var names = List.of(lane(0, 40).name(), lane(0, 41).name());
        assertThat(names).allMatch(name -> name.length() == Kind.LONGEST_NAME);
        assertThat(names).doesNotHaveDuplicates();
        assertThat(lane(3, 40).name()).isEqualTo(names.get(0));
    }
}
