package com.acme.parcels;

public record Label(String text) {}
