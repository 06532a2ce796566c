package dev.millrace.engine.simulation;

import java.util.ArrayDeque;

/**
 * A stream between a worker or client and an instance: messages arrive in order, late, or not at all once it is broken. While the
 * link between the two is cut it delivers nothing, and neither side is told.
 */
final class Stream {
    private final World world;
    private final Actor caller;
    private final Actor instance;
    private final int callerLife;
    private final int instanceLife;
    private final Direction toCaller = new Direction();
    private final Direction toInstance = new Direction();
    private boolean broken;

    private static final class Direction {
        final ArrayDeque<Runnable> messages = new ArrayDeque<>();
        long last;
    }

    Stream(World world, Actor caller, Actor instance) {
        this.world = world;
        this.caller = caller;
        this.instance = instance;
        this.callerLife = caller.life();
        this.instanceLife = instance.life();
    }

    boolean isOpen() {
        return !broken && caller.life() == callerLife && instance.life() == instanceLife;
    }

    Actor caller() {
        return caller;
    }

    /** Ends it. What is on its way arrives, or is lost with it. */
    void sever() {
        broken = true;
    }

    void toInstance(Runnable message) {
        send(toInstance, instance, instanceLife, message);
    }

    void toCaller(Runnable message) {
        send(toCaller, caller, callerLife, message);
    }

    private void send(Direction direction, Actor receiver, int life, Runnable message) {
        if (isOpen()) {
            direction.messages.add(message);
            direction.last = Math.max(direction.last, world.time().now() + world.messageDelay());
            arrive(direction, receiver, life, direction.last);
        }
    }

    private void arrive(Direction direction, Actor receiver, int life, long at) {
        world.time().at(at, world, () -> {
            if (world.isCut(caller, instance)) {
                arrive(direction, receiver, life, world.time().now() + 200 * Timeline.MILLI);
                return;
            }
            var message = direction.messages.remove();
            if (receiver.life() == life && (!broken || world.dice("net").chance(0.5))) {
                world.time().in(0, receiver, message);
            }
        });
    }
}
