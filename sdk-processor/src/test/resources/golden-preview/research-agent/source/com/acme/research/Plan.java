package com.acme.research;

public record Plan(java.util.List<Query> queries, boolean done) {}
