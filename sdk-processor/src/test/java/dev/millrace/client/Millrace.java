package dev.millrace.client;

import dev.millrace.binding.WorkflowRef;

public interface Millrace {
    <I, R> WorkflowClient<I, R> workflow(WorkflowRef<I, R> workflow);
}
