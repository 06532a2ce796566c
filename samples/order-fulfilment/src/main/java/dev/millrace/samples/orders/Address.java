package dev.millrace.samples.orders;

/**
 * Where a parcel goes.
 *
 * @param street street and number, or a post box
 * @param postalCode as the country writes it
 * @param city name of the town
 * @param country two letters, as in ISO 3166
 */
public record Address(String street, String postalCode, String city, String country) {}
