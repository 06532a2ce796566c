package dev.millrace.worker.durable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * What is stored of a step, what is on its way there, and who waits for news of it. Safe for use by several threads: those of the code
 * and its branches, and the worker's.
 */
final class Trail {
    /** How many results of children are asked for at once; each may have a mebibyte. */
    private static final int PAGE = 32;

    private final DurableHost host;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // All guarded by the lock.
    private final Map<Action.Key, StoredAction> stored = new HashMap<>();
    private final Map<Integer, Action> places = new HashMap<>();
    private final Map<Long, NewAction> told = new LinkedHashMap<>();
    private final Set<Long> acknowledged = new HashSet<>();
    private final Set<Thread> branches = new HashSet<>();
    private int running;
    private long lastNumber;
    private int newest;
    private int lastPlace = -1;
    /** What the code shows of itself, as it is stored. */
    private byte[] shown = {};

    private boolean hurry;
    private boolean cancelled;
    private Optional<String> unwinding = Optional.empty();
    private OptionalInt left = OptionalInt.empty();
    private int needs = 1;
    private Optional<byte[]> restarts = Optional.empty();
    /** Results of children that were asked for; null while they are on their way. */
    private final Map<String, ChildResult> results = new HashMap<>();
    /** Children whose results are likely to be asked for, in that order, and their places in it. */
    private List<String> order = List.of();

    private final Map<String, Integer> upcoming = new HashMap<>();

    Trail(List<StoredAction> before, DurableHost host) {
        this.host = host;
        before.forEach(this::put);
    }

    private void put(StoredAction action) {
        if (action.action().kind() == Action.Kind.STATE) {
            newest = Math.max(newest, action.order());
            shown = action.json();
            return;
        }
        stored.put(action.action().key(), action);
        places.put(action.action().place(), action.action());
        newest = Math.max(newest, action.order());
        lastPlace = Math.max(lastPlace, action.action().place());
    }

    private <T> T locked(Supplier<T> body) {
        lock.lock();
        try {
            return body.get();
        } finally {
            lock.unlock();
        }
    }

    // ---- what the code asks

    /**
     * What is stored of an action; empty if it comes here for the first time.
     *
     * @param mismatch is told of it if something else is stored in its place
     */
    Optional<StoredAction> find(Action asked, BiConsumer<Action, Action> mismatch) {
        return locked(() -> {
            requireGoing();
            var before = Optional.ofNullable(stored.get(asked.key()));
            var there = before.map(StoredAction::action).or(() -> Optional.ofNullable(places.get(asked.place())));
            there.filter(other -> !other.equals(asked)).ifPresent(other -> mismatch.accept(asked, other));
            return before;
        });
    }

    /** Whether something is stored at this place or behind it: whether the code was here before. */
    boolean passed(int place) {
        return locked(() -> lastPlace >= place);
    }

    /** Has something stored. */
    void tell(Action action, NewAction.Content content) {
        host.storeItems();
        var made = locked(() -> {
            var next = new NewAction(++lastNumber, action, content);
            told.put(next.number(), next);
            places.put(action.place(), action);
            lastPlace = Math.max(lastPlace, action.place());
            return next;
        });
        host.tell(made);
    }

    /**
     * Shows this of the code; nothing where the code was here before, because what is shown is of a later place. Only one is on its way
     * at a time: whoever shows more waits until the one before is stored.
     */
    void show(byte[] json, int place) {
        if (locked(() -> lastPlace >= place)) {
            return;
        }
        await(() -> isShowing() ? Optional.empty() : Optional.of(true), false);
        var made = locked(() -> {
            if (Arrays.equals(json, shown)) {
                return Optional.<NewAction>empty();
            }
            var next = new NewAction(++lastNumber, Action.SHOWN, new NewAction.Content.Value(json));
            told.put(next.number(), next);
            return Optional.of(next);
        });
        made.ifPresent(host::tell);
    }

    private boolean isShowing() {
        return told.values().stream().anyMatch(made -> made.action().equals(Action.SHOWN));
    }

    /** Waits until all that was told is stored. */
    void awaitTold() {
        await(() -> acknowledged.containsAll(told.keySet()) ? Optional.of(true) : Optional.empty(), false);
    }

    /** Waits until an action is settled. */
    StoredAction awaitSettled(Action.Key key, boolean mayLeave) {
        return await(() -> Optional.ofNullable(stored.get(key)).filter(action -> !action.isOpen()), mayLeave);
    }

    /** Waits until an action is stored, settled or not. */
    StoredAction awaitStored(Action.Key key) {
        return await(() -> Optional.ofNullable(stored.get(key)), false);
    }

    /** Waits until all of some actions are settled; code that leaves meanwhile need not come back before they are. */
    void awaitAll(List<Action.Key> keys) {
        var open = new ArrayDeque<>(keys);
        await(
                () -> {
                    while (!open.isEmpty() && isSettled(open.peek())) {
                        open.remove();
                    }
                    return open.isEmpty() ? Optional.of(true) : Optional.empty();
                },
                () -> (int) open.stream().filter(key -> !isSettled(key)).count(),
                true);
    }

    // ---- results of children

    /** The results of these children will be asked for in this order; they are read a page at a time, each when its first is asked for. */
    void willRead(List<String> children) {
        locked(() -> {
            upcoming.clear();
            for (var child : children) {
                upcoming.put(child, upcoming.size());
            }
            order = List.copyOf(children);
            return true;
        });
    }

    /** The result of a child; waits for it if need be. */
    ChildResult result(String child) {
        page(child).forEach(host::read);
        return await(() -> Optional.ofNullable(results.get(child)), false);
    }

    /**
     * Those that are read together with a child that is not here: so many that the way there and back does not count, and few enough for
     * memory. What is left of the page before is forgotten.
     */
    private List<String> page(String child) {
        return locked(() -> {
            if (results.containsKey(child)) {
                return List.<String>of();
            }
            var place = upcoming.get(child);
            var page = place == null ? List.of(child) : order.subList(place, Math.min(order.size(), place + PAGE));
            results.clear();
            page.forEach(each -> results.put(each, null));
            return page;
        });
    }

    void read(String child, ChildResult result) {
        locked(() -> {
            results.replace(child, result);
            changed.signalAll();
            return true;
        });
    }

    List<String> unread() {
        return locked(() -> results.entrySet().stream()
                .filter(each -> each.getValue() == null)
                .map(Map.Entry::getKey)
                .toList());
    }

    /** Waits until one of some actions is settled, and names the one that was first. */
    Action.Key awaitFirst(List<Action.Key> keys) {
        return await(
                () -> keys.stream()
                        .filter(key ->
                                stored.containsKey(key) && !stored.get(key).isOpen())
                        .min((one, other) -> Integer.compare(
                                stored.get(one).order(), stored.get(other).order())),
                true);
    }

    boolean isSettled(Action.Key key) {
        return locked(() -> stored.containsKey(key) && !stored.get(key).isOpen());
    }

    private <T> T await(Supplier<Optional<T>> looks, boolean mayLeave) {
        return await(looks, () -> 1, mayLeave);
    }

    /**
     * Waits for news, and leaves the worker where that takes too long.
     *
     * @param lacks how many settlements it waits for at least
     */
    private <T> T await(Supplier<Optional<T>> looks, IntSupplier lacks, boolean mayLeave) {
        lock.lock();
        try {
            long rest = host.patience().toNanos();
            while (true) {
                requireGoing();
                var found = looks.get();
                if (found.isPresent()) {
                    return found.get();
                }
                boolean idle = mayLeave && running == 0 && acknowledged.containsAll(told.keySet());
                if (!host.waits() || idle && (hurry || rest <= 0)) {
                    left = OptionalInt.of(newest);
                    needs = Math.max(1, lacks.getAsInt());
                    throw unwind("The durable step has left this worker while it waits.");
                }
                rest = idle ? changed.awaitNanos(rest) : awaitNews(rest);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unwind("The durable step was stopped while it waited.");
        } finally {
            lock.unlock();
        }
    }

    private long awaitNews(long rest) throws InterruptedException {
        changed.await(1, TimeUnit.MINUTES);
        return rest;
    }

    // ---- ends

    private void requireGoing() {
        if (cancelled) {
            throw unwind("The durable step was stopped.");
        }
        unwinding.ifPresent(why -> {
            throw new Unwinding(why);
        });
    }

    /** The code ends here, whatever it makes of the error. */
    Unwinding unwind(String why) {
        return locked(() -> {
            unwinding = Optional.of(unwinding.orElse(why));
            changed.signalAll();
            return new Unwinding(why);
        });
    }

    /** The code ends here as {@link #unwind}s do, once all that it did is stored; the run begins anew with this input. */
    Unwinding restart(byte[] input) {
        await(
                () -> running == 0 && acknowledged.containsAll(told.keySet()) ? Optional.of(true) : Optional.empty(),
                false);
        return locked(() -> {
            restarts = Optional.of(input);
            return unwind("The run begins anew.");
        });
    }

    /** With which input the run begins anew; empty if the code does not want that. */
    Optional<byte[]> restarts() {
        return locked(() -> restarts);
    }

    boolean isUnwinding() {
        return locked(() -> unwinding.isPresent() || cancelled);
    }

    /** The highest order that the code knew of when it left; empty if it has not left. */
    OptionalInt left() {
        return locked(() -> left);
    }

    int needs() {
        return locked(() -> needs);
    }

    // ---- branches

    void branchBegins() {
        locked(() -> running++);
    }

    void branchRuns(Thread thread) {
        locked(() -> branches.add(thread));
    }

    void branchEnds(Thread thread) {
        locked(() -> {
            branches.remove(thread);
            running--;
            changed.signalAll();
            return true;
        });
    }

    // ---- what the worker hears

    void stored(long number, int order, String child) {
        locked(() -> {
            var made = told.get(number);
            if (made == null) {
                return false;
            }
            if (made.content().waits()) {
                acknowledged.add(number);
                stored.putIfAbsent(
                        made.action().key(),
                        new StoredAction(
                                made.action(), StoredAction.State.OPEN, 0, new byte[0], Optional.empty(), child));
            } else {
                told.remove(number);
                put(settled(made, order));
            }
            changed.signalAll();
            return true;
        });
    }

    private static StoredAction settled(NewAction made, int order) {
        if (made.content() instanceof NewAction.Content.Failed failed) {
            return new StoredAction(
                    made.action(), StoredAction.State.FAILED, order, new byte[0], Optional.of(failed.failure()));
        }
        byte[] json = made.content() instanceof NewAction.Content.Value value ? value.json() : new byte[0];
        return new StoredAction(made.action(), StoredAction.State.DONE, order, json, Optional.empty());
    }

    void settled(StoredAction action) {
        locked(() -> {
            put(action);
            told.values()
                    .removeIf(made -> made.action().key().equals(action.action().key()));
            acknowledged.retainAll(told.keySet());
            changed.signalAll();
            return true;
        });
    }

    /** What a new stream has to be told: what is not known to be stored, and what is waited for. */
    List<NewAction> untold() {
        return locked(() -> new ArrayList<>(told.values()));
    }

    void hurry() {
        locked(() -> {
            hurry = true;
            changed.signalAll();
            return true;
        });
    }

    void cancel() {
        locked(() -> {
            cancelled = true;
            branches.forEach(Thread::interrupt);
            changed.signalAll();
            return true;
        });
    }
}
