package com.acme.research;

import dev.millrace.Step;
import dev.millrace.Workflow;

/** Looks one thing up. */
@Workflow
public class Search {

    @Step
    Finding look(Query query) {
        return new Finding(query.text());
    }
}
