package com.acme.claims;

public record Invoice(int cents) {}
