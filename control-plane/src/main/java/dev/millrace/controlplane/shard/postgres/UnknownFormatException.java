package dev.millrace.controlplane.shard.postgres;

import dev.millrace.engine.Journal;

/** Something that is stored was written by a newer version of the server, or is damaged. Nothing may be concluded from the rest. */
final class UnknownFormatException extends Journal.JournalException {
    private static final long serialVersionUID = 1L;

    UnknownFormatException(String what) {
        super(
                "The database holds " + what
                        + " that this version cannot read. A newer version wrote it: run that one, or a later one.",
                null);
    }

    UnknownFormatException(String what, Throwable cause) {
        super("The database holds " + what + " that cannot be read: " + cause.getMessage() + ".", cause);
    }
}
