package com.acme;

import dev.millrace.Step;
import dev.millrace.Workflow;

/** Lets people in. */
@Workflow
public class Signups {

    @Step
    public Account open(Signup signup) {
        return new Account();
    }
}
