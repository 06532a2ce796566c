package dev.millrace.worker;

import dev.millrace.client.Millrace;

/** A program with a worker and nothing else, for tests that end processes. */
final class WorkerProcess {

    private WorkerProcess() {}

    /** Finds the control plane by the environment, and works until it is told to end. */
    public static void main(String[] arguments) {
        var scripted = new Scripted();
        scripted.script.set((order, context) -> {
            System.out.println("entered");
            System.in.read(); // until the test lets it go on
            return new Scripted.Receipt("from another process");
        });
        Millrace.connect().worker(scripted).start();
        System.out.println("ready");
    }
}
