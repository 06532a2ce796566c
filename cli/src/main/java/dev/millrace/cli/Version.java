package dev.millrace.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** Which Millrace this is, as the build wrote it. */
public final class Version implements IVersionProvider {

    /** The version, such as {@code 0.1.0}. */
    public static String number() {
        var properties = new Properties();
        try (var in = Version.class.getResourceAsStream("version.properties")) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException("The version cannot be read from the jar.", e);
        }
        return properties.getProperty("version");
    }

    @Override
    public String[] getVersion() {
        return new String[] {"millrace " + number() + " (Java " + Runtime.version() + ")"};
    }
}
