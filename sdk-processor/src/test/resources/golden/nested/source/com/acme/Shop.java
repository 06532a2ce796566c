package com.acme;

import dev.millrace.Step;
import dev.millrace.Workflow;

public interface Shop {

    /** A class whose own names are those that generated code uses. */
    @Workflow
    record Parameter(String bean) {

        @Step
        public List charge(Order runs) {
            return new List(runs.id());
        }

        String charge(Object other) {
            return "no step, but of the same name";
        }

        @Step
        public Optional ship(List list) {
            return new Optional(list);
        }
    }

    record Order(String id) {}

    record List(String id) {}

    record Optional(List list) {}
}
