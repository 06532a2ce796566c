package dev.millrace.engine;

import java.util.Objects;

/**
 * What the edge evaluated about a start before it is a run: which window it joins, and whose throttle it counts against.
 *
 * @param window starts of equal value are gathered, or replace each other; empty where all do
 * @param throttle starts of equal value share a throttle; empty where all do
 */
public record DoorKeys(String window, String throttle) {
    /** Of a workflow whose windows have no keys. */
    public static final DoorKeys NONE = new DoorKeys("", "");

    public DoorKeys {
        Objects.requireNonNull(window, "window");
        Objects.requireNonNull(throttle, "throttle");
    }
}
