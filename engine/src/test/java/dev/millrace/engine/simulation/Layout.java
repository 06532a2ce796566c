package dev.millrace.engine.simulation;

import java.util.Random;

/**
 * What a world is made of, drawn first from the seed.
 *
 * @param delay longest usual delay of a message, in microseconds
 * @param slowMessages share of messages that take up to three seconds
 * @param storeDelay longest usual time of an operation of the database
 * @param storeFailures share of operations that fail without effect, and the same share again that succeed without an answer
 * @param acceptLeaseMillis how long an offer may stay unaccepted
 * @param graceMillis how long a lost worker's attempts wait for it
 * @param projectEveryMillis how often images are written
 * @param readyTasks how many ready tasks all lanes of a shard keep in memory
 * @param perLoad how many runs are read from the store at once
 * @param nearbyMillis how far the time of a run may be that stays in memory
 * @param payloadBytes what payloads of a shard's runs may take in memory; twice as much and starts are refused
 * @param faultSeconds how long things go wrong
 * @param faultEveryMillis about how often something new goes wrong
 */
record Layout(
        int instances,
        int shards,
        int tenants,
        int workflows,
        int workers,
        int clients,
        long delay,
        double slowMessages,
        long storeDelay,
        double storeFailures,
        int acceptLeaseMillis,
        int graceMillis,
        int projectEveryMillis,
        int maxSkewMillis,
        int faultSeconds,
        int faultEveryMillis,
        int readyTasks,
        int perLoad,
        int nearbyMillis,
        int payloadBytes) {

    /** The same with so many workers of each tenant. */
    Layout withWorkers(int other) {
        return new Layout(
                instances,
                shards,
                tenants,
                workflows,
                other,
                clients,
                delay,
                slowMessages,
                storeDelay,
                storeFailures,
                acceptLeaseMillis,
                graceMillis,
                projectEveryMillis,
                maxSkewMillis,
                faultSeconds,
                faultEveryMillis,
                readyTasks,
                perLoad,
                nearbyMillis,
                payloadBytes);
    }

    static Layout draw(Random random) {
        return new Layout(
                1 + random.nextInt(3),
                1 + random.nextInt(3),
                1 + random.nextInt(3),
                1 + random.nextInt(3),
                1 + random.nextInt(4),
                1 + random.nextInt(2),
                pick(random, 200, 2_000, 50_000),
                pick(random, 0, 1, 5) / 100.0,
                pick(random, 500, 2_000, 100_000),
                pick(random, 0, 4, 20) / 1000.0,
                pick(random, 500, 5_000, 5_000),
                pick(random, 1_000, 10_000, 10_000),
                pick(random, 20, 300, 3_000),
                pick(random, 0, 100, 10_000),
                10 + random.nextInt(40),
                pick(random, 500, 2_000, 6_000),
                pick(random, 1, 2, 4, 8, 100_000),
                pick(random, 1, 3, 1_000),
                pick(random, 0, 0, 1_000, 10_000),
                pick(random, 2_000, 20_000, 1_000_000));
    }

    private static int pick(Random random, int... values) {
        return values[random.nextInt(values.length)];
    }
}
