package com.acme.parcels;

import dev.millrace.Each;
import dev.millrace.From;
import dev.millrace.Step;
import dev.millrace.StepContext;
import dev.millrace.Workflow;
import java.util.List;

@Workflow
public class Dispatch {

    @Step
    List<Parcel> split(Consignment consignment) {
        return List.of();
    }

    @Step
    double weigh(@Each Parcel parcel, Consignment consignment, StepContext context) {
        return 0;
    }

    @Step
    Label label(@Each @From("split") Parcel parcel, List<Double> weights) {
        return new Label(parcel.address());
    }

    @Step
    void load(@Each Label label) {}

    @Step
    double total(List<Double> weights) {
        return 0;
    }
}
