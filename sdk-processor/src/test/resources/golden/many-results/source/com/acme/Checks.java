package com.acme;

import dev.millrace.Step;
import dev.millrace.Workflow;
import java.util.Map;

@Workflow
public class Checks {

    @Step
    public Score fraud(String options) {
        return new Score(options.length());
    }

    @Step
    public int credit(String options) {
        return 1;
    }

    @Step
    public Map<String, Score> limits(String options) {
        return Map.of();
    }

    @Step
    public void log(Score fraud) {}

    public record Score(double risk) {}
}
