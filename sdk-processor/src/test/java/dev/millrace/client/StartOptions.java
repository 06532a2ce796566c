package dev.millrace.client;

public interface StartOptions {}
