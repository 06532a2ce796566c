package dev.millrace.controlplane.insight;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.rest.Answers;
import dev.millrace.controlplane.settings.Settings;
import dev.millrace.controlplane.tenancy.Permission;
import dev.millrace.controlplane.tenancy.RequiresPermission;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Header;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import reactor.core.publisher.Mono;

/**
 * {@code GET /metrics}, for a scraper. Its figures are of all tenants, so the tokens of tenants, whatever they carry, do not open it:
 * the operator's setting {@code millrace.metrics-token} does. No part of the REST contract.
 */
@Controller("/metrics")
class MetricsController {
    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
    private static final String BEARER = "Bearer ";

    private final Metrics metrics;
    private final Answers answers;
    private final Optional<byte[]> token;

    MetricsController(Metrics metrics, Answers answers, Settings settings) {
        this.metrics = metrics;
        this.answers = answers;
        this.token = Optional.of(settings.metricsToken().value())
                .filter(text -> !text.isEmpty())
                .map(MetricsController::utf8);
    }

    @Get(produces = TEXT)
    @RequiresPermission(Permission.PUBLIC)
    Mono<String> metrics(@Header(HttpHeaders.AUTHORIZATION) @Nullable String authorization) {
        var expected = token.orElseThrow(() -> new ApiException(
                ErrorCode.NOT_FOUND,
                "There are no metrics to read here: the operator has not set millrace.metrics-token."));
        if (authorization == null
                || !authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
                || !MessageDigest.isEqual(
                        expected, utf8(authorization.substring(BEARER.length()).strip()))) {
            throw new ApiException(
                    ErrorCode.UNAUTHENTICATED,
                    "Metrics are for who presents the token of the setting millrace.metrics-token as bearer.");
        }
        return answers.blocking(metrics::text);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
