package dev.millrace.connection;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a control plane is and who we are. Immutable.
 *
 * @param url address of the REST API, such as {@code http://127.0.0.1:7700}
 * @param token token of a service
 * @param grpcAddress {@code host:port} of the gRPC services; empty to ask the REST API for it
 */
public record Settings(URI url, Secret token, Optional<String> grpcAddress) {
    private static final Logger LOG = LoggerFactory.getLogger(Settings.class);
    private static final String URL = "MILLRACE_URL";
    private static final String TOKEN = "MILLRACE_TOKEN";
    private static final String TOKEN_FILE = "MILLRACE_TOKEN_FILE";
    private static final String GRPC_ADDRESS = "MILLRACE_GRPC_ADDRESS";
    private static final List<String> KNOWN = List.of(URL, TOKEN, TOKEN_FILE, GRPC_ADDRESS);

    /** What was said in code, which wins over the environment. */
    public record Given(
            Optional<String> url, Optional<Secret> token, Optional<Path> tokenFile, Optional<String> grpcAddress) {
        /** Nothing was. */
        public static Given nothing() {
            return new Given(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
        }
    }

    /**
     * Puts the settings together: what was given, else the environment, else, if neither names a control plane, the local
     * one that {@code millrace dev} keeps in the {@code .millrace} directory of this directory or one above it.
     *
     * @throws SettingsException if they are not enough or wrong, with everything that is
     */
    public static Settings of(Given given, Map<String, String> environment, Path workingDirectory) {
        var problems = new ArrayList<String>();
        reportTypingErrors(environment, problems);
        var url = given.url().or(() -> value(environment, URL));
        if (url.isEmpty() && given.grpcAddress().isEmpty()) {
            var local = LocalServer.near(workingDirectory);
            if (local.isPresent() && problems.isEmpty()) {
                LOG.info(
                        "MILLRACE_URL is not set; using the control plane at {} that `millrace dev` runs here.",
                        local.get().url());
                return new Settings(
                        local.get().url(),
                        token(given, environment, problems).orElse(local.get().token()),
                        local.get().grpcAddress());
            }
        }
        var parsed = url(url, problems);
        var token = token(given, environment, problems);
        if (token.isEmpty() && problems.stream().noneMatch(problem -> problem.contains(TOKEN))) {
            problems.add(TOKEN + " is required, or " + TOKEN_FILE
                    + " with the path of a file that holds the token; make one" + " with `millrace tokens create`.");
        }
        var grpcAddress = given.grpcAddress().or(() -> value(environment, GRPC_ADDRESS));
        grpcAddress.ifPresent(address -> checkAddress(address, problems));
        if (!problems.isEmpty()) {
            throw new SettingsException(problems);
        }
        return new Settings(parsed.orElseThrow(), token.orElseThrow(), grpcAddress);
    }

    private static Optional<URI> url(Optional<String> text, List<String> problems) {
        if (text.isEmpty()) {
            problems.add(
                    URL + " is required: the address of a control plane, such as http://127.0.0.1:7700. There is no"
                            + " local one here either; `millrace dev` starts one.");
            return Optional.empty();
        }
        try {
            var uri = URI.create(text.get().strip());
            if (List.of("http", "https").contains(String.valueOf(uri.getScheme())) && uri.getHost() != null) {
                return Optional.of(uri);
            }
        } catch (IllegalArgumentException e) {
            // told below
        }
        problems.add(URL + " must be an address such as http://127.0.0.1:7700, but is \"" + text.get() + "\".");
        return Optional.empty();
    }

    private static Optional<Secret> token(Given given, Map<String, String> environment, List<String> problems) {
        var token = given.token().or(() -> value(environment, TOKEN).map(Secret::of));
        if (token.isPresent()) {
            if (token.get().isBlank() || !token.get().reveal().chars().allMatch(c -> c > ' ' && c < 0x7F)) {
                problems.add(TOKEN + " holds no token: a token is printable text without spaces.");
            }
            return token;
        }
        return given.tokenFile()
                .or(() -> value(environment, TOKEN_FILE).map(Path::of))
                .flatMap(file -> TokenFile.read(file, problem -> problems.add(TOKEN_FILE + problem)));
    }

    private static void checkAddress(String address, List<String> problems) {
        if (GrpcAddress.parse(address).isEmpty()) {
            problems.add(GRPC_ADDRESS + " must be host:port, or :port for the host of the REST API, but is \"" + address
                    + "\".");
        }
    }

    /** A misspelled variable would be ignored, and the message about the missing one would only puzzle. */
    private static void reportTypingErrors(Map<String, String> environment, List<String> problems) {
        for (String name : new TreeSet<>(environment.keySet())) {
            if (!name.startsWith("MILLR") || KNOWN.contains(name)) {
                continue;
            }
            KNOWN.stream()
                    .filter(known -> !environment.containsKey(known) && distance(known, name) <= 2)
                    .findFirst()
                    .ifPresent(known -> problems.add(name + " is no known setting; did you mean " + known + "?"));
        }
    }

    private static Optional<String> value(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    }

    /** How many letters to add, drop or change (Levenshtein, "Binary codes capable of correcting deletions", 1966). */
    static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
