package com.acme.research;

public record Query(String text) {}
