package dev.millrace.cli.process;

/** Stands where the control plane should be, says why it cannot start and ends, as a real one does with wrong settings. */
final class BrokenServer {
    private BrokenServer() {}

    public static void main(String[] arguments) {
        System.err.println("The settings are wrong: " + System.getProperty("millrace.data-dir"));
        System.exit(78);
    }
}
