package dev.millrace.controlplane.items;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.engine.RunState;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Takes the first that there is to read, or the end, and no more. */
final class PageReader implements Following.Reader {
    private final CompletableFuture<Read> read = new CompletableFuture<>();

    /**
     * What came first.
     *
     * @param ended how the run ended, if that came before anything else
     */
    record Read(List<StoredChunk> chunks, Optional<RunState> ended) {
        static final Read NOTHING = new Read(List.of(), Optional.empty());
    }

    CompletableFuture<Read> read() {
        return read;
    }

    @Override
    public boolean hasRoom() {
        return !read.isDone();
    }

    @Override
    public void items(List<StoredChunk> chunks) {
        read.complete(new Read(chunks, Optional.empty()));
    }

    @Override
    public void ended(RunState state) {
        read.complete(new Read(List.of(), Optional.of(state)));
    }

    @Override
    public void failed(ApiException why) {
        read.completeExceptionally(why);
    }
}
