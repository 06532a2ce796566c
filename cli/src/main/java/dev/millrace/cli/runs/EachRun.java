package dev.millrace.cli.runs;

import dev.millrace.cli.Context;
import dev.millrace.cli.ExitCode;
import dev.millrace.rest.RestException;
import dev.millrace.rest.model.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;

/**
 * Does the same to several runs, each for itself: one that refuses does not keep the others from it, and the exit code is that of the
 * first that did. For one thread.
 */
final class EachRun {
    private final Context context;
    private int exitCode = ExitCode.OK;

    EachRun(Context context) {
        this.context = context;
    }

    /** What came of those that did not refuse. */
    <T> List<T> of(List<UUID> runs, Function<UUID, T> action) {
        var done = new ArrayList<T>();
        for (var run : runs) {
            try {
                done.add(action.apply(run));
            } catch (RestException e) {
                if (e.status() != 404 && e.status() != 409) {
                    throw e;
                }
                refused(e.problem().map(EachRun::told).orElse(e.getMessage()), e.status());
            }
        }
        return done;
    }

    /** One has refused. */
    void refused(Problem problem) {
        refused(told(problem), problem.getStatus());
    }

    private void refused(String sentence, int status) {
        context.terminal().note("millrace: " + sentence);
        if (exitCode == ExitCode.OK) {
            exitCode = status == 404 ? ExitCode.NOT_FOUND : ExitCode.CONFLICT;
        }
    }

    private static String told(Problem problem) {
        return problem.getDetail() + " [" + problem.getCode() + "]";
    }

    int exitCode() {
        return exitCode;
    }
}
