package dev.millrace.engine.core;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A state machine as a table: what each event makes of each state. Immutable once built. */
final class StateTable<S extends Enum<S>, E extends Enum<E>> {

    /** One cell of the table that is not empty. */
    record Entry<S extends Enum<S>, E extends Enum<E>>(S from, E event, S to) {}

    private final String subject;
    private final Class<S> states;
    private final Map<S, Map<E, S>> table;

    private StateTable(String subject, Class<S> states, Map<S, Map<E, S>> table) {
        this.subject = subject;
        this.states = states;
        this.table = table;
    }

    /** What it is the table of. */
    String subject() {
        return subject;
    }

    /** The state in which it begins. */
    S first() {
        return states.getEnumConstants()[0];
    }

    /** The states that it enters and does not leave. */
    Set<S> ends() {
        var ends = EnumSet.noneOf(states);
        entries().forEach(entry -> ends.add(entry.to()));
        ends.removeAll(table.keySet());
        return ends;
    }

    /** The state after an event. */
    S next(S state, E event) {
        var row = table.get(state);
        var next = row == null ? null : row.get(event);
        if (next == null) {
            throw new IllegalStateException("A " + subject + " that is " + state + " cannot be told " + event
                    + ". The fact contradicts the memory.");
        }
        return next;
    }

    /** Every transition there is, in the order of the states and events. */
    List<Entry<S, E>> entries() {
        var entries = new ArrayList<Entry<S, E>>();
        table.forEach((from, row) -> row.forEach((event, to) -> entries.add(new Entry<>(from, event, to))));
        return entries;
    }

    static <S extends Enum<S>, E extends Enum<E>> Builder<S, E> of(String subject, Class<S> states, Class<E> events) {
        return new Builder<>(subject, states, new EnumMap<>(states), events);
    }

    record Builder<S extends Enum<S>, E extends Enum<E>>(
            String subject, Class<S> states, Map<S, Map<E, S>> table, Class<E> events) {

        /** From each of the states the event leads to one state. */
        @SafeVarargs
        final Builder<S, E> on(E event, S to, S... from) {
            for (S state : from) {
                table.computeIfAbsent(state, any -> new EnumMap<>(events)).put(event, to);
            }
            return this;
        }

        StateTable<S, E> build() {
            return new StateTable<>(subject, states, table);
        }
    }
}
