package dev.millrace.testing;

import dev.millrace.Step;
import dev.millrace.Workflow;
import dev.millrace.testing.Render.Scene;

/** Needs two lathes at once. */
@Workflow
class Polish {

    @Step(slots = 2, slotKind = "lathe")
    String polish(Scene scene) {
        return scene.name();
    }
}
