package com.acme.parcels;

import java.util.List;
import javax.annotation.processing.Generated;

/**
 * What a run of {@link Dispatch} results in.
 *
 * @param label what {@code label()} returned
 * @param total what {@code total()} returned
 */
@Generated("dev.millrace.processor.MillraceProcessor")
public record DispatchResult(List<Label> label, double total) {
}
