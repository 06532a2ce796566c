package com.acme.parcels;

public record Parcel(int number, String address) {}
