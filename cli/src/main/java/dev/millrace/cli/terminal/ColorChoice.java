package dev.millrace.cli.terminal;

/** When to write colours. */
public enum ColorChoice {
    /** On a terminal, unless {@code NO_COLOR} is set or {@code TERM} is {@code dumb}. */
    auto,
    /** Even into a file or a pipe. */
    always,
    /** Nowhere. */
    never
}
