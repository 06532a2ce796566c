package com.acme;

import java.util.Map;
import javax.annotation.processing.Generated;

/**
 * What a run of {@link Checks} results in.
 *
 * @param fraud what {@code fraud()} returned
 * @param credit what {@code credit()} returned
 * @param limits what {@code limits()} returned
 */
@Generated("dev.millrace.processor.MillraceProcessor")
public record ChecksResult(Checks.Score fraud, int credit, Map<String, Checks.Score> limits) {
}
