package com.acme.research;

public record Finding(String text) {}
