package dev.millrace.testing;

/** What an assertion says when it does not hold. */
final class Expectation {

    private Expectation() {}

    static AssertionError failed(TestRun run, String expected, String actual) {
        var text = new StringBuilder("Expected ")
                .append(expected)
                .append(", but ")
                .append(actual)
                .append('.');
        run.failure()
                .ifPresent(failure -> text.append("\nFailure: ")
                        .append(failure.code())
                        .append(", ")
                        .append(failure.message()));
        text.append("\nHistory of the run:");
        run.history().forEach(line -> text.append("\n  ").append(line));
        return new AssertionError(text.toString());
    }
}
