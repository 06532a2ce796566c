package dev.millrace.cli.system.batch;

import dev.millrace.client.Millrace;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** Serves both workflows until it is killed. */
public final class BatchWorker {
    private BatchWorker() {}

    /** Takes the address of the control plane, the file of its token, and the folder of the book. */
    public static void main(String[] arguments) throws Exception {
        var book = new Book(Path.of(arguments[2]));
        try (var millrace = Millrace.builder()
                .url(arguments[0])
                .tokenFile(Path.of(arguments[1]))
                .connect()) {
            millrace.worker(new Postings(book), new Payouts(book)).slots(4).start();
            book.open();
            new CountDownLatch(1).await();
        }
    }
}
