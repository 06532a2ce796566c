package com.acme.orders;

public record Order(String id, String customerId, long cents, java.util.List<Line> lines) {}
