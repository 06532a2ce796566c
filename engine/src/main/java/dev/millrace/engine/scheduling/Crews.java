package dev.millrace.engine.scheduling;

import dev.millrace.manifest.placement.PlacementSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The workers of one tenant that take tasks, in crews of those that are alike to all tasks; and which crews have somebody to serve. */
public final class Crews {
    private record RoomName(List<Long> crews, int slots, String slotKind) {}

    private record CrewName(List<Integer> shapes, String slotKind, Map<String, String> labels) {}

    private final Scheduler scheduler;
    private final Runnable wake;

    private final Map<CrewName, Crew> crews = new LinkedHashMap<>();
    /** Those that are in use, by their crews and slots. */
    private final Map<RoomName, Room> rooms = new HashMap<>();

    /** Crews with a free slot and somebody waiting. */
    private final List<Crew> active = new ArrayList<>();

    private final Labels labels = new Labels();

    private int crewsWithFreeSlots;
    private long workersJoined;
    private long crewsFormed;

    Crews(Scheduler scheduler, Runnable wake) {
        this.scheduler = scheduler;
        this.wake = wake;
    }

    /** Whether one of them has a free slot. */
    boolean isAnyFree() {
        return crewsWithFreeSlots > 0;
    }

    /** Whose turn it is of all that could go; null when there is nobody. */
    Turn first() {
        Turn first = null;
        for (int i = 0; i < active.size(); i++) {
            var turn = active.get(i).first();
            if (turn != null && (first == null || Queue.comesBefore(turn, first))) {
                first = turn;
            }
        }
        return first;
    }

    /** Some tasks will ask for workers like this; returns whether workers have to join again, because it matters how they differ. */
    public boolean ask(PlacementSpec placement) {
        return labels.ask(placement);
    }

    /**
     * A worker takes tasks of these shapes from now on, with its slots of one kind; each kind joins for itself.
     *
     * @param id of the worker
     * @param all its labels
     */
    public void join(WorkerSlots worker, Collection<Shape> served, String id, Map<String, String> all) {
        var byNumber = new TreeMap<Integer, Shape>();
        for (var shape : served) {
            byNumber.put(shape.number, shape);
        }
        if (byNumber.isEmpty()) {
            return;
        }
        var matter = labels.of(id, all);
        var crew = crews.computeIfAbsent(
                new CrewName(List.copyOf(byNumber.keySet()), worker.slotKind(), matter),
                name -> newCrew(List.copyOf(byNumber.values()), worker.slotKind(), matter));
        worker.crew = crew;
        worker.order = ++workersJoined;
        crew.join(worker);
        wake.run(); // the others of its crew may have had room, but not enough for what takes several slots
    }

    private Crew newCrew(List<Shape> served, String slotKind, Map<String, String> matter) {
        var crew = new Crew(scheduler, served, slotKind, matter, ++crewsFormed);
        for (var shape : served) {
            shape.crews.add(crew);
            shape.crewsChanged();
            for (var lane : shape.lanes) {
                crew.seat(lane);
            }
        }
        return crew;
    }

    /** A worker takes no more tasks; what it has is its own. Nothing happens if it had not joined. */
    public void leave(WorkerSlots worker) {
        var crew = worker.crew;
        if (crew == null) {
            return;
        }
        crew.leave(worker);
        worker.crew = null;
        wake.run(); // it may have kept slots for somebody who has to look elsewhere now
        if (crew.workers.isEmpty()) {
            crews.values().remove(crew);
            crew.close();
            rooms.keySet().removeIf(room -> room.crews().contains(crew.number));
        }
    }

    /** The only room with these crews and slots. */
    Room room(List<Crew> serving, int slots, String slotKind) {
        var numbers = new ArrayList<Long>(serving.size());
        for (var crew : serving) {
            numbers.add(crew.number);
        }
        return rooms.computeIfAbsent(
                new RoomName(numbers, slots, slotKind), name -> new Room(List.copyOf(serving), slots, slotKind));
    }

    void setActive(Crew crew, boolean isActive) {
        if (isActive && crew.activePlace == Heap.ABSENT) {
            crew.activePlace = active.size();
            active.add(crew);
        } else if (!isActive && crew.activePlace != Heap.ABSENT) {
            var moved = active.remove(active.size() - 1);
            if (moved != crew) {
                active.set(crew.activePlace, moved);
                moved.activePlace = crew.activePlace;
            }
            crew.activePlace = Heap.ABSENT;
        }
    }

    void setFree(boolean isFree) {
        crewsWithFreeSlots += isFree ? 1 : -1;
        if (isFree) {
            wake.run();
        }
    }

    void slotsFreed() {
        wake.run();
    }
}
