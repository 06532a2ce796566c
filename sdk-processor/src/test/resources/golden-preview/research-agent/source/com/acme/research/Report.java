package com.acme.research;

public record Report(String text) {}
