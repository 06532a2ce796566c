package com.acme.claims;

public record Claim(int cents) {}
