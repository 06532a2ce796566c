package dev.millrace.client;

public interface RunHandle<R> {}
