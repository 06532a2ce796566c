package com.acme.orders;

public record Reservation(String id) {}
