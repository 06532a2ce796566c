package dev.millrace.controlplane.settings;

import io.micronaut.context.annotation.Factory;
import io.micronaut.context.env.Environment;
import io.micronaut.context.env.PropertySource;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The settings as a bean. */
@Factory
final class SettingsBeans {
    private static final String PREFIX = "millrace.";
    private static final String VARIABLE_PREFIX = "MILLRACE_";
    /** What the tests' build and our own clients call by names that look like settings. */
    private static final Set<String> NOT_OURS = Set.of(
            "millrace.require", "millrace.newer.jdk", "millrace.newer.jdk.skip", "millrace.home", "millrace.terminal");

    @Singleton
    Settings settings(Environment environment) {
        return SettingsReader.read(
                name -> Optional.ofNullable(
                        environment.getProperty(name, String.class).orElse(null)),
                given(environment));
    }

    /**
     * What somebody wrote on the command line, in files and as system properties. Not the environment: what our clients read from
     * it begins with the same word.
     */
    private static Set<String> given(Environment environment) {
        var given = new TreeSet<String>();
        for (var source : environment.getPropertySources()) {
            if (source.getConvention() != PropertySource.PropertyConvention.ENVIRONMENT_VARIABLE) {
                for (var name : source) {
                    if (name.startsWith(PREFIX) && !NOT_OURS.contains(name) && !name.startsWith(VARIABLE_PREFIX)) {
                        given.add(name);
                    }
                }
            }
        }
        return given;
    }
}
