package dev.millrace.cli;

import dev.millrace.manifest.Durations;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** An instant on a command line: itself, or how long ago it is. */
public final class Since implements ITypeConverter<Instant> {
    private final Clock clock = Clock.systemUTC();

    @Override
    public Instant convert(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException noInstant) {
            try {
                return clock.instant().minus(Durations.parse(text));
            } catch (IllegalArgumentException | DateTimeException noDuration) {
                throw new TypeConversionException("\"" + text
                        + "\" is neither an instant, such as 2026-11-21T08:00:00Z, nor a time ago, such as 2h or 7d");
            }
        }
    }
}
