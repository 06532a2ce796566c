package com.acme.parcels;

public record Consignment(String id, int parcels) {}
