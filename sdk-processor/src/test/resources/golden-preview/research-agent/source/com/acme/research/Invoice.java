package com.acme.research;

public record Invoice(String question, long cents) {}
