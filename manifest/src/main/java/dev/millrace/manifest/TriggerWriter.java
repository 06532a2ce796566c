package dev.millrace.manifest;

import static dev.millrace.manifest.MemberWriter.About.POLICY;

import dev.millrace.manifest.MemberWriter.View;

/** Writes what starts runs as JSON. */
final class TriggerWriter {
    private final View view;

    TriggerWriter(View view) {
        this.view = view;
    }

    JsonValue triggers(Triggers triggers) {
        var members = new MemberWriter(view);
        members.putAll(
                POLICY, "events", triggers.events().stream().map(this::event).toList());
        members.putAll(
                POLICY,
                "crons",
                view.ordered(triggers.crons(), CronTrigger::name).stream()
                        .map(this::cron)
                        .toList());
        triggers.collect().ifPresent(collect -> members.put(POLICY, "collect", collect(collect)));
        triggers.debounce().ifPresent(debounce -> members.put(POLICY, "debounce", debounce(debounce)));
        triggers.throttle().ifPresent(throttle -> members.put(POLICY, "throttle", throttle(throttle)));
        return members.toObject();
    }

    private JsonValue event(EventTrigger event) {
        var members = new MemberWriter(view);
        members.put(POLICY, "event", event.event());
        members.putText(POLICY, "where", event.where());
        return members.toObject();
    }

    private JsonValue cron(CronTrigger cron) {
        var members = new MemberWriter(view);
        members.put(POLICY, "name", cron.name());
        members.put(POLICY, "cron", cron.cron());
        members.put(POLICY, "zone", cron.zone());
        members.putText(POLICY, "input", cron.input());
        members.put(POLICY, "overlap", cron.overlap().name());
        members.put(POLICY, "catchUp", cron.catchUp().name());
        members.put(POLICY, "jitter", cron.jitter());
        return members.toObject();
    }

    private JsonValue collect(CollectSpec collect) {
        var members = new MemberWriter(view);
        members.put(POLICY, "maxSize", JsonValue.of(collect.maxSize()));
        members.put(POLICY, "maxWait", collect.maxWait());
        members.putText(POLICY, "key", collect.key());
        return members.toObject();
    }

    private JsonValue debounce(DebounceSpec debounce) {
        var members = new MemberWriter(view);
        members.put(POLICY, "quiet", debounce.quiet());
        debounce.maxWait().ifPresent(maxWait -> members.put(POLICY, "maxWait", maxWait));
        members.putText(POLICY, "key", debounce.key());
        return members.toObject();
    }

    private JsonValue throttle(ThrottleSpec throttle) {
        var members = new MemberWriter(view);
        members.put(POLICY, "limit", JsonValue.of(throttle.limit()));
        members.put(POLICY, "per", throttle.per());
        members.putText(POLICY, "key", throttle.key());
        return members.toObject();
    }
}
