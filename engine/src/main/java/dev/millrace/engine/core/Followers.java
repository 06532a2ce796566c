package dev.millrace.engine.core;

import dev.millrace.engine.Reply;
import java.util.HashMap;
import java.util.Map;

/** Who waits for the end of which run. */
final class Followers {
    private final Recorder recorder;
    private final Images images;
    /** Looked up, never walked. */
    private final Map<Long, Run> following = new HashMap<>();

    Followers(Recorder recorder, Images images) {
        this.recorder = recorder;
        this.images = images;
    }

    /** Tells now, if the run has ended, else when it does. */
    void follow(Run run, long replyTo) {
        if (run.hasEnded()) {
            recorder.reply(replyTo, new Reply.RunEnded(images.ofEnded(run)));
        } else {
            run.follow(replyTo);
            following.put(replyTo, run);
        }
    }

    void unfollow(long replyTo) {
        var run = following.remove(replyTo);
        if (run != null) {
            run.unfollow(replyTo);
        }
    }

    /** The run has ended. */
    void tell(Run run) {
        var followers = run.takeFollowers();
        if (followers.length > 0) {
            var reply = new Reply.RunEnded(images.ofEnded(run));
            for (long replyTo : followers) {
                following.remove(replyTo);
                recorder.reply(replyTo, reply);
            }
        }
    }
}
