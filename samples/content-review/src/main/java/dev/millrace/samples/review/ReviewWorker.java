package dev.millrace.samples.review;

import dev.millrace.client.Millrace;
import dev.millrace.samples.review.simulated.SimulatedMagazine;
import dev.millrace.samples.review.simulated.SimulatedWeb;

/**
 * A worker process: it registers both workflows and runs their steps until it is asked to end. Where the control plane is and who we are
 * comes from {@code MILLRACE_URL} and {@code MILLRACE_TOKEN}; without them the one that {@code millrace dev} runs in this project is used.
 */
public final class ReviewWorker {
    private ReviewWorker() {}

    public static void main(String[] arguments) {
        // Both live as long as the process; the worker closes itself when the process is asked to end.
        var millrace = Millrace.connect();
        var worker = millrace.worker(new ContentReview(new SimulatedMagazine()), new DraftChecks(new SimulatedWeb()))
                .start();
        System.out.println("Serving content-review and draft-checks as worker " + worker.id() + ". Stop with Ctrl-C.");
    }
}
