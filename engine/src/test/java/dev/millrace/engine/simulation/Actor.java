package dev.millrace.engine.simulation;

/** A process, or the world around the processes, which never crashes. */
abstract class Actor {
    private final String name;
    private int life;
    private boolean up = true;
    private long pausedUntil;

    Actor(String name) {
        this.name = name;
    }

    final String name() {
        return name;
    }

    /** Which of its lives it is in: what was meant for an earlier one is lost. */
    final int life() {
        return life;
    }

    final boolean isUp() {
        return up;
    }

    final long pausedUntil() {
        return pausedUntil;
    }

    /** It does nothing until then, and notices nothing of it. */
    final void pause(long until) {
        pausedUntil = Math.max(pausedUntil, until);
    }

    final void goOn() {
        pausedUntil = 0;
    }

    /** It is gone, with everything that it had in memory. */
    final void crash() {
        life++;
        up = false;
        pausedUntil = 0;
        crashed();
    }

    final void boot() {
        if (!up) {
            up = true;
            booted();
        }
    }

    /** What others notice of a crash, such as streams that end. */
    abstract void crashed();

    /** What it does first. */
    abstract void booted();

    @Override
    public final String toString() {
        return name;
    }
}
