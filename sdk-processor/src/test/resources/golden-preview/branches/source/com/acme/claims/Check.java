package com.acme.claims;

public record Check(boolean passed) {}
