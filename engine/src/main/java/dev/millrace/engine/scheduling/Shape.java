package dev.millrace.engine.scheduling;

import dev.millrace.engine.Priority;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** All versions of one workflow whose runs the same workers can serve. */
public final class Shape {
    /** Of the service that owns the workflow. */
    final Flow service;

    final String workflow;
    final String hash;
    final int number;
    final Pause pause;
    final Set<Lane> lanes = new LinkedHashSet<>();
    final List<Crew> crews = new ArrayList<>(2);
    private final List<Room> rooms = new ArrayList<>(1);

    Shape(Flow service, String workflow, String hash, int number, Pause pause) {
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

    Room room(int slots) {
        for (var room : rooms) {
            if (room.slots == slots) {
                return room;
            }
        }
        var room = new Room(this, slots);
        rooms.add(room);
        return room;
    }
}
