package dev.millrace.engine.scheduling;

import dev.millrace.engine.Hold;
import dev.millrace.engine.Hold.Gate;
import dev.millrace.engine.Hold.Outlook;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A concurrency limit for one value of its key. Permits are not stored anywhere: who holds one follows from the runs that have
 * begun and from the attempts that are live, so none can leak.
 */
final class Permits extends Limit {
    private static final int FEW_BERTHS = 4;

    private final ConcurrencyLimit definition;
    /** With the moment since when each has held its permit. */
    private final TreeMap<Holder, Long> holders = new TreeMap<>();
    /** Where those beyond the limit are cancelled: all that hold a permit or wait for one, but for those that are being cancelled. */
    private final TreeSet<Holder> contenders = new TreeSet<>();
    /** Whose turn it is among the berths; null while there are few, which are asked each. */
    private Round round;
    /** How many of the permits that are free are expected to go to those that were called, and have workers with room. */
    private long promised;

    private final Set<Berth> promisedTo = new LinkedHashSet<>(2);

    Permits(Scheduler scheduler, ConcurrencyLimit definition, String key) {
        super(scheduler, definition.name, key);
        this.definition = definition;
    }

    void hold(Holder holder, long sinceMicros) {
        if (holders.put(holder, sinceMicros) != null) {
            throw new IllegalStateException(holder + " has a permit of " + name + " already.");
        }
    }

    void release(Holder holder, long nowMicros) {
        var since = holders.remove(holder);
        if (since == null) {
            throw new IllegalStateException(holder + " has no permit of " + name + " to give back.");
        }
        definition.holdTimes.ended(since, nowMicros);
        if (hasWaiters()) {
            due();
        }
        forgetIfUnused(nowMicros);
    }

    int held() {
        return holders.size();
    }

    /**
     * Somebody wants a permit, or has one.
     *
     * @return who has to go because of it: the newcomer or the oldest; null when nobody does
     */
    Holder contend(Holder holder, Limits.Arrival arrival) {
        boolean isFull = contenders.size() >= definition.limit() && arrival != Limits.Arrival.RESTORED;
        return switch (definition.strategy()) {
            case QUEUE -> null;
            case CANCEL_NEW -> {
                if (isFull && arrival == Limits.Arrival.NEW) {
                    yield holder;
                }
                contenders.add(holder);
                yield null;
            }
            case CANCEL_RUNNING -> contenders.add(holder) && isFull ? contenders.pollFirst() : null;
        };
    }

    /** It wants a permit no more. */
    void withdraw(Holder holder, long nowMicros) {
        contenders.remove(holder);
        forgetIfUnused(nowMicros);
    }

    @Override
    boolean lacks(Lane lane, Use use, long nowMicros) {
        return holders.size() + use.amount() + keptFrom(lane) > definition.limit();
    }

    @Override
    boolean isHopeless(Lane lane) {
        return use(lane).amount() > definition.limit();
    }

    @Override
    long capacity() {
        return definition.limit();
    }

    /**
     * Calls the first of every berth; where there are many, only as many as there are permits for. Who finds no worker with room takes part
     * beyond them, so that none is kept for it.
     */
    @Override
    void call(long nowMicros) {
        if (round == null) {
            callFromEachBerth(nowMicros);
            for (int i = berths.size() - 1; i >= 0; i--) {
                if (berths.get(i).called == null) {
                    passOver(berths.get(i).first(), nowMicros);
                }
            }
            return;
        }
        callKept(nowMicros);
        for (var berth = next(); berth != null; berth = next()) {
            var lane = berth.first();
            berth.call(lane);
            if (lane.room.isFree()) {
                berth.promised = use(lane).amount();
                promised += berth.promised;
                promisedTo.add(berth);
            }
        }
        if (promised > 0) {
            scheduler.limits().promised(this);
        }
        var two = round.first(2);
        if (two != null) {
            passOver(two.first(), nowMicros);
        }
    }

    /** From where to call; null when there is room for nobody else. */
    private Berth next() {
        long kept = keptFor == null ? 0 : use(keptFor).amount();
        return round.first(definition.limit() - holders.size() - kept - promised);
    }

    /** Nobody who was called can go now: what was left for them is anybody's. */
    void endPromises() {
        promised = 0;
        for (var berth : promisedTo) {
            berth.promised = 0;
        }
        promisedTo.clear();
        if (hasWaiters()) {
            due();
        }
    }

    @Override
    void moved(Berth berth) {
        if (berth.room == null) {
            return; // what can never go has no turn
        }
        if (round != null) {
            round.moved(berth);
        } else if (berths.size() > FEW_BERTHS) {
            round = new Round();
            berths.forEach(round::moved);
        }
    }

    @Override
    void answered(Berth berth) {
        promised -= berth.promised;
        berth.promised = 0;
        promisedTo.remove(berth);
    }

    @Override
    void charge(Lane lane, long amount) {
        if (round != null) {
            round.charge(lane, amount);
        }
        super.charge(lane, amount);
    }

    /** One of two that it needs was there. */
    private void passOver(Lane lane, long nowMicros) {
        if (keptFor == null && use(lane).amount() > 1 && holders.size() < definition.limit()) {
            scheduler.precedence().passedOver(lane, nowMicros);
        }
    }

    @Override
    Hold hold(Lane lane, Use use, Explanation why) {
        var outlook = outlook(lane, why.nowMicros());
        boolean ofRun = lane.kind.entry() && lane.kind.runClaims().contains(new Kind.Claim(name, key));
        return new Hold(
                ofRun ? Gate.RUN_CONCURRENCY : Gate.CONCURRENCY,
                name,
                key,
                why.since(),
                Instant.MAX,
                ahead(lane, why.aheadInLane()),
                holders.size(),
                definition.limit(),
                holders.keySet().stream()
                        .limit(Hold.MOST_HOLDERS)
                        .map(Holder::shown)
                        .toList(),
                help(use) + (outlook.isEmpty() ? unknown(lane) : "") + kept(lane),
                "",
                outlook);
    }

    /** Unknown while nobody has given a permit back for a while, and for whom it would never come. */
    private Optional<Outlook> outlook(Lane lane, long nowMicros) {
        long mean = definition.holdTimes.mean(nowMicros);
        long limit = definition.limit();
        if (mean < 0 || use(lane).amount() > limit) {
            return Optional.empty();
        }
        long waiting = waitingWith(lane);
        return Optional.of(new Outlook(
                waiting,
                Duration.of(mean, ChronoUnit.MICROS),
                after(nowMicros, waiting, mean, limit),
                after(nowMicros, waiting, mean, 2 * limit)));
    }

    /** Why nothing is foretold. */
    private String unknown(Lane lane) {
        if (isHopeless(lane)) {
            return "";
        }
        long waiting = waitingWith(lane);
        return (waiting == 1 ? " It is the only one that waits" : " " + waiting + " wait")
                + "; how long that takes is not known, because nobody gave a permit back in the last five minutes.";
    }

    private static Instant after(long nowMicros, long waiting, long mean, long limit) {
        return Explanation.instant(saturatedSum(nowMicros, Tokens.multiplyDivide(waiting, mean, limit, true)));
    }

    private String help(Use use) {
        if (use.amount() > definition.limit()) {
            return "The run and its step both count against '" + name + "', which lets " + definition.limit()
                    + " go on: it can never run. Raise the limit, or give the two limits different names.";
        }
        return "Goes on when one of those that hold a permit ends, or when the limit of " + definition.limit()
                + " is raised.";
    }

    @Override
    boolean isAsNew(long nowMicros) {
        return holders.isEmpty() && contenders.isEmpty();
    }

    @Override
    void forget() {
        definition.forget(this);
    }
}
