package dev.millrace.engine.core;

import dev.millrace.engine.Reply;
import dev.millrace.engine.RunId;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Who waits for the end of which run, also of runs that are out of memory. */
final class Followers {
    static final long[] NOBODY = {};

    private final Memory memory;
    private final Recorder recorder;
    private final Images images;
    /** Looked up, never walked. */
    private final Map<Long, RunId> following = new HashMap<>();
    /** Of runs that are out of memory. Looked up, never walked. */
    private final Map<RunId, long[]> ofAbsent = new HashMap<>();

    private final Answers answers;

    Followers(Memory memory, Recorder recorder, Images images, Answers answers) {
        this.memory = memory;
        this.recorder = recorder;
        this.images = images;
        this.answers = answers;
    }

    /** Tells now, if the run has ended, else when it does. */
    void follow(Run run, long replyTo) {
        if (run.hasEnded()) {
            recorder.reply(replyTo, new Reply.RunEnded(images.ofEnded(run)));
        } else {
            run.followers = with(run.followers, replyTo);
            following.put(replyTo, run.id);
        }
    }

    /** Tells when a run ends that is out of memory. */
    void followAbsent(RunId run, long replyTo) {
        ofAbsent.put(run, with(ofAbsent.getOrDefault(run, NOBODY), replyTo));
        following.put(replyTo, run);
    }

    void unfollow(long replyTo) {
        var id = following.remove(replyTo);
        if (id == null) {
            return;
        }
        var run = memory.runs.get(id);
        if (run != null) {
            run.followers = without(run.followers, replyTo);
        } else {
            ofAbsent.computeIfPresent(id, (any, followers) -> {
                var others = without(followers, replyTo);
                return others.length == 0 ? null : others;
            });
        }
    }

    /** The run has ended. */
    void tell(Run run) {
        answers.ended(run);
        var followers = run.followers;
        run.followers = NOBODY;
        if (followers.length > 0) {
            var reply = new Reply.RunEnded(images.ofEnded(run));
            for (long replyTo : followers) {
                following.remove(replyTo);
                recorder.reply(replyTo, reply);
            }
        }
    }

    /** The run, which has not ended, has been put out of memory. */
    void left(Run run) {
        if (run.followers.length > 0) {
            ofAbsent.put(run.id, run.followers);
        }
    }

    /** The run is in memory again. */
    void back(Run run) {
        var followers = ofAbsent.isEmpty() ? null : ofAbsent.remove(run.id);
        if (followers != null) {
            run.followers = followers;
        }
    }

    private static long[] with(long[] followers, long replyTo) {
        var more = Arrays.copyOf(followers, followers.length + 1);
        more[followers.length] = replyTo;
        return more;
    }

    private static long[] without(long[] followers, long replyTo) {
        return Arrays.stream(followers).filter(other -> other != replyTo).toArray();
    }
}
