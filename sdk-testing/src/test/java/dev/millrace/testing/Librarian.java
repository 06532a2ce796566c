package dev.millrace.testing;

import dev.millrace.Action;
import dev.millrace.Durable;
import dev.millrace.Step;
import dev.millrace.Workflow;
import dev.millrace.tools.ToolCall;
import dev.millrace.tools.Tools;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A workflow that does what a scripted model asks for. */
@Workflow(timeout = "10d")
class Librarian {
    /**
     * What the model asks for.
     *
     * @param rounds the calls of each round
     */
    record Script(List<List<Asked>> rounds) {}

    record Asked(String tool, String arguments) {}

    private final Shelf shelf;
    int noted;

    Librarian(Shelf shelf) {
        this.shelf = shelf;
    }

    @Step(timeout = "5d")
    List<String> serve(Script script, Durable durable) {
        var tools = Tools.of(shelf, this).in(durable);
        var told = new ArrayList<String>();
        for (var round : script.rounds()) {
            var calls = round.stream()
                    .map(asked -> new ToolCall(asked.tool(), asked.arguments()))
                    .toList();
            tools.call(calls).forEach(answer -> told.add(answer.text()));
            durable.sleep(Duration.ofHours(1));
        }
        return told;
    }

    /** The same action, called by its facade and by its name. */
    @Workflow("clerk")
    static class Clerk {
        boolean byName;
        int done;

        @Step(timeout = "5d")
        int count(String word, Durable durable) {
            if (byName) {
                Tools.of(this).in(durable).call("length", "{\"word\":\"" + word + "\"}");
            } else {
                Librarian_ClerkSteps.of(this, durable).length(word);
            }
            durable.sleep(Duration.ofHours(1));
            return done;
        }

        /** How long a word is. */
        @Action
        int length(String word) {
            done++;
            return word.length();
        }
    }

    /** Notes something down. */
    @Action
    int note(String text) {
        return ++noted;
    }
}
