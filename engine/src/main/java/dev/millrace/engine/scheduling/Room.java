package dev.millrace.engine.scheduling;

/** What tasks need of a worker; those that need the same can be served at the same times. Compared by identity. */
final class Room {
    final Shape shape;
    final int slots;

    Room(Shape shape, int slots) {
        this.shape = shape;
        this.slots = slots;
    }
}
