package com.acme.claims;

public record Opinion(boolean fair) {}
