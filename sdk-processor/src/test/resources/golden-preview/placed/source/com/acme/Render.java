package com.acme;

import dev.millrace.Compensate;
import dev.millrace.LabelComparator;
import dev.millrace.OnFailure;
import dev.millrace.Prefers;
import dev.millrace.Requires;
import dev.millrace.RunFailure;
import dev.millrace.Step;
import dev.millrace.Stickiness;
import dev.millrace.Sticky;
import dev.millrace.Workflow;

/** Renders in the right place. */
@Workflow
@Requires(label = "region", value = "eu")
@Requires(label = "cores", comparator = LabelComparator.AT_LEAST, value = "4")
@Prefers(label = "disk", value = "ssd")
@Sticky
class Render {
    record Scene(String path) {}

    record Frames(int count) {}

    /** The class's two requirements, preference and stickiness hold. */
    @Step
    Scene load(String url) {
        return new Scene(url);
    }

    /** What it says of cores and its stickiness replace the class's, the rest is added. */
    @Step
    @Requires(label = "cores", comparator = LabelComparator.GREATER, value = "31.5")
    @Prefers(label = "gpu", comparator = LabelComparator.NOT_EQUAL, value = "none", weight = 20)
    @Sticky(Stickiness.HARD)
    Frames draw(Scene scene) {
        return new Frames(24);
    }

    @Step
    @Sticky(Stickiness.NONE)
    void publish(Frames frames) {}

    @Compensate
    @Requires(label = "region", comparator = LabelComparator.NOT_EQUAL, value = "us")
    void remove(Frames frames) {}

    @OnFailure
    void alert(RunFailure failure) {}
}
