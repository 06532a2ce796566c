package dev.millrace.testing;

import dev.millrace.Requires;
import dev.millrace.Step;
import dev.millrace.StepContext;
import dev.millrace.Workflow;
import java.util.ArrayList;
import java.util.List;

/** Draws pictures, where it may. */
@Workflow
class Render {
    record Scene(String name) {}

    final List<String> drawn = new ArrayList<>();

    @Step
    @Requires(label = "region", value = "eu")
    String draw(Scene scene, StepContext context) {
        context.releaseSlot();
        drawn.add(scene.name());
        return scene.name();
    }
}
