package com.acme.research;

public record Question(String id, String text) {}
