package com.acme.orders;

public record Payment(String id, long cents) {}
