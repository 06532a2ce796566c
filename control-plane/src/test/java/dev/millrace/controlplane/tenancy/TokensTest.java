package dev.millrace.controlplane.tenancy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.controlplane.testing.TestControlPlane;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TokensTest {
    private static final TestControlPlane PLANE = TestControlPlane.shared();
    private final String service = "t-" + UUID.randomUUID();
    private final String tokens = "/api/v1/services/" + service + "/tokens";

    private void createService() {
        assertThat(PLANE.ask("POST", "/api/v1/services", "{\"name\":\"" + service + "\"}")
                        .status())
                .isEqualTo(201);
    }

    @Test
    void aTokenIsShownOnceAndStoredAsAHash() throws Exception {
        createService();
        var created =
                PLANE.ask("POST", tokens, "{\"name\":\"ci\",\"permissions\":[\"runs:start\"],\"expiresIn\":\"30d\"}");
        assertThat(created.status()).isEqualTo(201);
        var token = created.text("token");
        assertThat(token).matches("mr_[0-9A-Za-z]{12}_[0-9A-Za-z]{32}_[0-9A-Za-z]{6}");
        assertThat(Instant.parse(created.text("expiresAt")))
                .isBetween(
                        Instant.now().plus(Duration.ofDays(29)), Instant.now().plus(Duration.ofDays(31)));
        var who = PLANE.ask("GET", "/api/v1/whoami", "", token);
        assertThat(who.text("service")).isEqualTo(service);
        assertThat(who.body()).contains("\"permissions\":[\"runs:start\"]");
        assertThat(PLANE.ask("GET", tokens, "").body())
                .contains(created.text("tokenId"), "\"revoked\":false")
                .doesNotContain(token.split("_")[2]);
        try (var connection = PLANE.owner().getConnection();
                var rows = connection
                        .createStatement()
                        .executeQuery("SELECT t::text FROM core.token t WHERE token_id = '" + created.text("tokenId")
                                + "'")) {
            rows.next();
            assertThat(rows.getString(1)).doesNotContain(token.split("_")[2]);
        }
    }

    @Test
    void aRevokedTokenIsRefusedAtOnce() {
        createService();
        var created = PLANE.ask("POST", tokens, "{\"name\":\"ci\",\"permissions\":[\"runs:start\"]}");
        assertThat(PLANE.ask("GET", "/api/v1/whoami", "", created.text("token")).status())
                .isEqualTo(200);
        var one = tokens + "/" + created.text("tokenId");
        assertThat(PLANE.ask("DELETE", one, "").status()).isEqualTo(204);
        assertThat(PLANE.ask("GET", "/api/v1/whoami", "", created.text("token")).status())
                .isEqualTo(401);
        assertThat(PLANE.ask("DELETE", one, "").status()).isEqualTo(204);
        assertThat(PLANE.ask("GET", tokens, "").body()).contains("\"revoked\":true");
        assertThat(PLANE.ask("DELETE", tokens + "/000000000000", "").code()).isEqualTo("TOKEN_NOT_FOUND");
        // Through another service's path it is not there, and stays what it is.
        var mine = PLANE.ask("GET", "/api/v1/whoami", "").text("tokenId");
        assertThat(PLANE.ask("DELETE", tokens + "/" + mine, "").code()).isEqualTo("TOKEN_NOT_FOUND");
        assertThat(PLANE.ask("GET", "/api/v1/whoami", "").status()).isEqualTo(200);
    }

    @Test
    void nobodyGivesAwayMoreThanTheyHave() {
        createService();
        var limited = PLANE.ask("POST", tokens, "{\"name\":\"admin\",\"permissions\":[\"tokens:write\",\"runs:read\"]}")
                .text("token");
        assertThat(PLANE.ask("POST", tokens, "{\"name\":\"x\",\"permissions\":[\"runs:read\"]}", limited)
                        .status())
                .isEqualTo(201);
        var refused = PLANE.ask("POST", tokens, "{\"name\":\"x\",\"permissions\":[\"runs:cancel\"]}", limited);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.code()).isEqualTo("PERMISSION_DENIED");
    }

    @ParameterizedTest
    @EnumSource
    void aTokenOfARoleMayDoWhatTheRoleMay(Role role) {
        createService();
        var token = PLANE.ask("POST", tokens, "{\"name\":\"x\",\"roles\":[\"" + role.wireName() + "\"]}")
                .text("token");
        var who = PLANE.ask("GET", "/api/v1/whoami", "", token);
        assertThat(who.body()).contains("\"roles\":[\"" + role.wireName() + "\"]");
        for (var permission : Permission.grantableNames()) {
            boolean may =
                    role.permissions().contains(Permission.grantable(permission).orElseThrow());
            assertThat(who.body().contains("\"" + permission + "\""))
                    .as(permission)
                    .isEqualTo(may);
        }
        assertThat(PLANE.ask("GET", tokens, "").body()).contains("\"roles\":[\"" + role.wireName() + "\"]");
    }

    @Test
    void aRoleIsGivenOnlyByWhoHasIt() {
        createService();
        var every = Permission.grantableNames().stream().collect(Collectors.joining("\",\"", "\"", "\""));
        var giver = PLANE.ask(
                        "POST", tokens, "{\"name\":\"x\",\"permissions\":[" + every + "],\"roles\":[\"operator\"]}")
                .text("token");
        assertThat(PLANE.ask("POST", tokens, "{\"name\":\"x\",\"roles\":[\"operator\"]}", giver)
                        .status())
                .isEqualTo(201);
        assertThat(PLANE.ask("POST", tokens, "{\"name\":\"x\",\"roles\":[\"admin\"]}", giver)
                        .code())
                .as("every permission there is now is less than a role, which may get more")
                .isEqualTo("PERMISSION_DENIED");
    }

    /** As they were made before there were roles. */
    @Test
    void whoCouldDoEverythingAtFirstIsAnAdministratorAndNobodyElseGetsMore() throws Exception {
        createService();
        var first = "\"workflows:read\",\"workflows:register\",\"runs:read\",\"runs:start\",\"runs:cancel\","
                + "\"worker:connect\",\"services:read\",\"services:write\",\"tokens:write\"";
        var all = PLANE.ask("POST", tokens, "{\"name\":\"x\",\"permissions\":[" + first + "]}");
        var less = PLANE.ask("POST", tokens, "{\"name\":\"x\",\"permissions\":[" + first.substring(17) + "]}");
        String migration;
        try (var in = getClass().getResourceAsStream("/db/migration/V50__roles_of_tokens.sql")) {
            migration = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        int from = migration.indexOf("UPDATE core.token");
        try (var connection = PLANE.owner().getConnection();
                var statement = connection.createStatement()) {
            statement.execute(migration.substring(from, migration.indexOf(';', from)) + " AND token_id IN ('"
                    + all.text("tokenId") + "', '" + less.text("tokenId") + "')");
        }
        assertThat(PLANE.ask("GET", "/api/v1/limits", "", all.text("token")).status())
                .isEqualTo(200);
        assertThat(PLANE.ask("GET", "/api/v1/limits", "", less.text("token")).status())
                .isEqualTo(403);
    }

    @Test
    void thePageAboutPermissionsListsThemAllWithTheirRoles() throws Exception {
        var page = Files.readString(Path.of("../docs/reference/permissions.md"));
        for (var permission : Permission.values()) {
            if (permission.isGrantable()) {
                var roles = Arrays.stream(Role.values())
                        .map(role -> role.permissions().contains(permission) ? "✓" : " ")
                        .collect(Collectors.joining(" | ", "| ", " |"));
                assertThat(page.lines().filter(line -> line.startsWith("| `" + permission.wireName() + "` |")))
                        .as(permission.wireName())
                        .singleElement()
                        .satisfies(line -> assertThat(line).endsWith(roles));
            }
        }
        assertThat(Role.names()).allSatisfy(role -> assertThat(page).contains("`" + role + "`"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        {"name":"x"}                                                      | FIELD_INVALID
        {"name":"x","roles":["root"]}                                     | FIELD_INVALID
        {"name":"x","permissions":[]}                                     | FIELD_INVALID
        {"name":"x","permissions":["root"]}                               | FIELD_INVALID
        {"name":"x","permissions":["public"]}                             | FIELD_INVALID
        {"name":"x","permissions":["runs:read"],"expiresIn":"never"}      | DURATION_INVALID
        {"name":"x","permissions":["runs:read"],"expiresIn":"1s"}         | DURATION_INVALID
        {"name":"x","permissions":["runs:read"],"expiresIn":"999d"}       | DURATION_INVALID
        {"permissions":["runs:read"]}                                     | FIELD_INVALID
        {"name":"x","permissions":["runs:read"],"tenant":"other"}         | UNKNOWN_FIELD
        """)
    void aWishThatCannotBeIsRefused(String body, String code) {
        createService();
        var answer = PLANE.ask("POST", tokens, body);
        assertThat(answer.body()).contains("\"code\":\"" + code + "\"");
        assertThat(answer.status()).isEqualTo(400);
    }

    @Test
    void theNameOfAServiceIsUniqueAndFitsIntoAPath() {
        createService();
        var again = PLANE.ask("POST", "/api/v1/services", "{\"name\":\"" + service + "\"}");
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.code()).isEqualTo("SERVICE_EXISTS");
        for (var name : new String[] {"A", "a/b", "é", "-a", "a b"}) {
            assertThat(PLANE.ask("POST", "/api/v1/services", "{\"name\":\"" + name + "\"}")
                            .code())
                    .as(name)
                    .isEqualTo("FIELD_INVALID");
        }
        assertThat(PLANE.ask("GET", "/api/v1/services/nope/tokens", "").code()).isEqualTo("SERVICE_NOT_FOUND");
    }

    @Test
    void theFirstStartWritesATokenThatOnlyItsOwnerCanRead() throws IOException {
        var first = Files.readString(PLANE.tokenFile());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(PLANE.tokenFile())))
                .isEqualTo("rw-------");
        // A later start leaves a valid token alone, and replaces what is none.
        var start = PLANE.context().getBean(FirstStart.class);
        start.prepare();
        assertThat(Files.readString(PLANE.tokenFile())).isEqualTo(first);
        try {
            Files.writeString(PLANE.tokenFile(), "rubbish");
            start.prepare();
            var second = Files.readString(PLANE.tokenFile()).strip();
            assertThat(second).isNotEqualTo(first);
            assertThat(PLANE.ask("GET", "/api/v1/whoami", "", second).text("tenant"))
                    .isEqualTo("default");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(PLANE.tokenFile())))
                    .isEqualTo("rw-------");
        } finally {
            Files.writeString(PLANE.tokenFile(), first);
        }
    }

    @Test
    void aMistypedTokenIsNoticedWithoutTheDatabase() {
        var text = TokenText.random(new SecureRandom());
        assertThat(TokenText.parse(text.text())).contains(text);
        assertThat(text.toString()).doesNotContain(text.secret());
        for (int i = 0; i < text.text().length(); i++) {
            var mistyped = new StringBuilder(text.text());
            mistyped.setCharAt(i, mistyped.charAt(i) == 'x' ? 'y' : 'x');
            assertThat(TokenText.parse(mistyped.toString())).isEmpty();
        }
        assertThat(TokenText.parse("")).isEmpty();
    }

    @Test
    void idsRiseStrictlyAndCarryTheTimeOfTheirMaking() {
        var before = System.currentTimeMillis();
        var last = UuidV7.next();
        for (int i = 0; i < 100_000; i++) {
            var next = UuidV7.next();
            assertThat(next.version()).isEqualTo(7);
            assertThat(next.variant()).isEqualTo(2);
            assertThat(Long.compareUnsigned(next.getMostSignificantBits(), last.getMostSignificantBits()))
                    .isPositive();
            last = next;
        }
        // A burst may run ahead of the clock by as much as it made more than 4,096 ids a millisecond.
        assertThat(last.getMostSignificantBits() >>> 16).isBetween(before, System.currentTimeMillis() + 100);
    }
}
