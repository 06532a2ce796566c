package dev.millrace.engine.core;

import dev.millrace.engine.Batch;
import dev.millrace.engine.Effect;
import dev.millrace.engine.Fact;
import dev.millrace.engine.Reply;
import java.time.Instant;

/** One command at a time: its instant, and where what is decided goes. A fact is applied before anything else is decided. */
final class Recorder {
    private final Ledger ledger;
    private Batch batch = new Batch();
    private Instant now = Instant.EPOCH;
    private long nowMicros;

    Recorder(Ledger ledger) {
        this.ledger = ledger;
    }

    void begin(Batch into, Instant at) {
        batch = into;
        now = at;
        nowMicros = Instants.micros(at);
    }

    Instant now() {
        return now;
    }

    long nowMicros() {
        return nowMicros;
    }

    void record(Fact fact) {
        ledger.apply(fact);
        batch.add(fact);
    }

    void effect(Effect effect) {
        batch.add(effect);
    }

    void reply(long replyTo, Reply reply) {
        batch.add(new Effect.Reply(replyTo, reply));
    }

    void refuse(long replyTo, String code, String message) {
        reply(replyTo, new Reply.Refused(code, message));
    }
}
