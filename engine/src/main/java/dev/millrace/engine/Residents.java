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
public record Residents(int runs, long payloadBytes, int spilled, long putOut, long readBack, long outdated) {}
