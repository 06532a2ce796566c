package dev.millrace.cli.demo;

import dev.millrace.cli.terminal.Style;
import java.util.List;

/** What a show found. */
public interface Shown {

    /** Whether everything is as it must be. */
    boolean asExpected();

    /** For people. */
    List<String> lines(Style style);

    /** For programs. */
    String json();
}
