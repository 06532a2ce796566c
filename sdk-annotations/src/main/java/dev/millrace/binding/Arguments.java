package dev.millrace.binding;

import java.util.Arrays;

/** The arguments of one call, one per parameter of the method. Not safe for use by many threads. */
public final class Arguments {
    private final Object[] values;

    /**
     * Wraps the arguments; the array is not copied.
     *
     * @param values one per parameter, each of the type that its {@link Parameter} names
     */
    public Arguments(Object... values) {
        this.values = values;
    }

    /** The same arguments and, after them, another. */
    public Arguments and(Object more) {
        var all = Arrays.copyOf(values, values.length + 1, Object[].class);
        all[values.length] = more;
        return new Arguments(all);
    }

    /** How many there are. */
    public int size() {
        return values.length;
    }

    /**
     * The argument for a parameter, as the type that generated code knows it has.
     *
     * @param position the position of the parameter, from 0
     */
    @SuppressWarnings("unchecked")
    public <T> T at(int position) {
        return (T) values[position];
    }
}
