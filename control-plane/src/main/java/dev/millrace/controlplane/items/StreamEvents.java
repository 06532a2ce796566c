package dev.millrace.controlplane.items;

import dev.millrace.controlplane.api.model.StreamEntry;
import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.engine.RunState;
import io.micronaut.http.sse.Event;
import java.util.List;
import java.util.Map;
import reactor.core.publisher.FluxSink;

/** Sends what a run emits as server-sent events. It takes more as soon as what it was sent is on its way. */
final class StreamEvents implements Following.Reader {
    private final FluxSink<Event<?>> sink;

    StreamEvents(FluxSink<Event<?>> sink) {
        this.sink = sink;
    }

    @Override
    public boolean hasRoom() {
        return sink.requestedFromDownstream() > 0;
    }

    @Override
    public void items(List<StoredChunk> chunks) {
        chunks.forEach(chunk -> StreamViews.entries(chunk).forEach(this::entry));
    }

    private void entry(StreamEntry entry) {
        sink.next(Event.of(entry).id(entry.getPosition().toString()).name(entry.getEnds() ? "attempt-end" : "item"));
    }

    @Override
    public void ended(RunState state) {
        sink.next(Event.of(Map.of("state", state.name())).name("end"));
        sink.complete();
    }

    @Override
    public void failed(ApiException why) {
        sink.error(why);
    }
}
