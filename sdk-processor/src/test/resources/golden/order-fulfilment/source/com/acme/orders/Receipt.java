package com.acme.orders;

public record Receipt(String orderId, String paymentId) {}
