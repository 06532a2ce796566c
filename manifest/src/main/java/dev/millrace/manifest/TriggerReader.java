package dev.millrace.manifest;

/** Reads what starts runs from its JSON form. */
final class TriggerReader {

    private TriggerReader() {}

    static Triggers triggers(MemberReader in) {
        return in.build(() -> new Triggers(
                in.objects("events", TriggerReader::event),
                in.objects("crons", TriggerReader::cron),
                in.optionalObject("collect", TriggerReader::collect),
                in.optionalObject("debounce", TriggerReader::debounce),
                in.optionalObject("throttle", TriggerReader::throttle)));
    }

    private static EventTrigger event(MemberReader in) {
        return in.build(() -> new EventTrigger(in.text("event"), in.text("where", "")));
    }

    private static CronTrigger cron(MemberReader in) {
        return in.build(() -> new CronTrigger(
                in.text("name"),
                in.text("cron"),
                in.text("zone"),
                in.text("input", ""),
                in.constant("overlap", Overlap.class),
                in.constant("catchUp", CatchUp.class),
                in.duration("jitter")));
    }

    private static CollectSpec collect(MemberReader in) {
        return in.build(() -> new CollectSpec(
                (int) in.integer("maxSize", 2, Integer.MAX_VALUE), in.duration("maxWait"), in.text("key", "")));
    }

    private static DebounceSpec debounce(MemberReader in) {
        return in.build(
                () -> new DebounceSpec(in.duration("quiet"), in.optionalDuration("maxWait"), in.text("key", "")));
    }

    private static ThrottleSpec throttle(MemberReader in) {
        return in.build(() -> new ThrottleSpec(
                (int) in.integer("limit", 1, Integer.MAX_VALUE), in.duration("per"), in.text("key", "")));
    }
}
