package dev.millrace.engine;

/**
 * What of a shard's runs is in memory.
 *
 * @param runs how many runs are in memory
 * @param payloadBytes about how many bytes of payloads those hold
 * @param spilled how many runs queue in lanes and are not in memory
 * @param putOut how many runs have been put out of memory, since the recovery
 * @param readBack how many runs have come back, since the recovery
 * @param outdated how many images were read in vain, because their runs had come back already or changed meanwhile
 */
public record Residents(int runs, long payloadBytes, int spilled, long putOut, long readBack, long outdated) {
    /** Of no shard. */
    public static final Residents NONE = new Residents(0, 0, 0, 0, 0, 0);

    /** These and those of another shard. */
    public Residents and(Residents other) {
        return new Residents(
                runs + other.runs,
                payloadBytes + other.payloadBytes,
                spilled + other.spilled,
                putOut + other.putOut,
                readBack + other.readBack,
                outdated + other.outdated);
    }
}
