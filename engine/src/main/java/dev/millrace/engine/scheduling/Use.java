package dev.millrace.engine.scheduling;

/**
 * That a lane's tasks need something of a limit.
 *
 * @param take which of the tokens that its tasks take, in the order of the step; -1 for permits
 * @param amount how much; 0 where every task says it for itself
 */
record Use(Limit limit, int take, long amount) {

    /** How much the task needs. */
    long amount(Ready task) {
        return amount > 0 ? amount : task.cost(take);
    }
}
