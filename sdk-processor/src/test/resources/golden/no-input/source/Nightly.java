import dev.millrace.Step;
import dev.millrace.StepContext;
import dev.millrace.Workflow;

@Workflow("nightly")
@Deprecated
public class Nightly {

    @Step
    void clean(StepContext context) {}

    @Step(after = "clean")
    void report() {}
}
