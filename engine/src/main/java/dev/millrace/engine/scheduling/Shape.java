package dev.millrace.engine.scheduling;

import dev.millrace.engine.Priority;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** All versions of one workflow whose runs the same workers can serve. */
public final class Shape {
    private final Scheduler scheduler;
    /** Of the service that owns the workflow. */
    final Flow service;

    final String workflow;
    final String hash;
    final int number;
    final Pause pause;
    final Set<Lane> lanes = new LinkedHashSet<>();
    final List<Crew> crews = new ArrayList<>(2);
    private final List<Room> rooms = new ArrayList<>(1);

    Shape(Scheduler scheduler, Flow service, String workflow, String hash, int number, Pause pause) {
        this.scheduler = scheduler;
        this.service = service;
        this.workflow = workflow;
        this.hash = hash;
        this.number = number;
        this.pause = pause;
    }

    /** Whether a connected worker that takes new tasks serves it, busy or not. */
    public boolean isServed() {
        return !crews.isEmpty();
    }

    /** Whose turns the tasks of a priority and a key take. */
    Flow flow(Priority priority, String key) {
        return service.child(priority).child(workflow).child(key);
    }

    /** What the tasks of a kind need, as long as no crew comes or goes. */
    Room room(Kind kind) {
        if (kind.placement().isAnywhere() && kind.worker().isEmpty()) {
            return room(kind.slots(), kind.slotKind());
        }
        return scheduler.crews().room(fitting(kind), kind.slots(), kind.slotKind());
    }

    private List<Crew> fitting(Kind kind) {
        var fitting = new ArrayList<Crew>();
        for (var crew : crews) {
            if (kind.isMetBy(crew)) {
                fitting.add(crew);
            }
        }
        return fitting;
    }

    private Room room(int slots, String slotKind) {
        for (int i = 0; i < rooms.size(); i++) {
            if (rooms.get(i).slots == slots && rooms.get(i).slotKind.equals(slotKind)) {
                return rooms.get(i);
            }
        }
        var having = new ArrayList<Crew>(crews.size());
        for (var crew : crews) {
            if (crew.slotKind.equals(slotKind)) {
                having.add(crew);
            }
        }
        var room = scheduler.crews().room(having, slots, slotKind);
        rooms.add(room);
        return room;
    }

    /** A crew came or went: who waits together with whom changes. */
    void crewsChanged() {
        rooms.clear();
        for (var lane : lanes) {
            lane.room = room(lane.kind);
            scheduler.unpark(lane);
            lane.window.crewsChanged();
        }
    }
}
