package com.acme.claims;

public record Expert(String name) {}
