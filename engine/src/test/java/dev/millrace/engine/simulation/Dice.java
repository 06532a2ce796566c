package dev.millrace.engine.simulation;

import java.util.Random;

/** Randomness in named streams: one more draw in one of them shifts none of the others. */
final class Dice {
    private final long seed;
    private final Random random;

    Dice(long seed) {
        this.seed = seed;
        this.random = new Random(seed);
    }

    /** A stream of its own under this name. */
    Dice fork(String name) {
        long mixed = (seed ^ name.hashCode() * 0x9E3779B97F4A7C15L) * 0xBF58476D1CE4E5B9L;
        return new Dice(mixed ^ mixed >>> 31);
    }

    Random random() {
        return random;
    }

    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    /** From 0 to bound, without it. */
    int below(int bound) {
        return random.nextInt(bound);
    }

    /** From least to most, both included. */
    long between(long least, long most) {
        return least + (long) (random.nextDouble() * (most - least + 1));
    }
}
