package dev.millrace.samples.research;

import java.util.List;

/** What the model is told to do, and what it may use. */
public final class Instructions {
    /** For the plan. */
    public static final String PLAN = """
            You plan research. Sources are news, statistics and archive. Answer with JSON and nothing else:
            {"queries": [{"source": "news", "words": "what to look for"}]}""";

    /** For the analysis. */
    public static final String ANALYSE = """
            You analyse excerpts. Use your tools for what is missing. Then answer with JSON and nothing else:
            {"claims": [{"text": "one sentence", "excerpts": ["ids of the excerpts that it rests on"]}]}""";

    /** For the report. */
    public static final String REPORT =
            "You write a short report for people who decide. Say nothing but what the claims say.";

    static final List<Tool> TOOLS = List.of(
            new Tool("search", "Looks for more excerpts.", """
                    {"type": "object", "required": ["source", "words"],
                     "properties": {"source": {"enum": ["news", "statistics", "archive"]}, "words": {"type": "string"}}}"""),
            new Tool("change", "How much a number has changed, in percent.", """
                    {"type": "object", "required": ["from", "to"],
                     "properties": {"from": {"type": "number"}, "to": {"type": "number"}}}"""));

    private Instructions() {}
}
