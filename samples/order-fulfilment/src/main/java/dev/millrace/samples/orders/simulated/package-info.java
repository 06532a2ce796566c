/**
 * A small world for the sample: a payment provider, a warehouse, a carrier and messages that need no network. What
 * happens to an order follows from its data alone, so everybody can tell beforehand how it must end:
 *
 * <ul>
 *   <li>{@code paymentMethod} ends with {@code _declined}, {@code _expired} or {@code _stolen}: the card is refused for
 *       good. With {@code _busy_once} or {@code _busy_twice} the provider cannot answer so many times.
 *   <li>an article number ends with {@code -EOL}: sold out for good. It begins with {@code XL-}: bulky goods are kept in
 *       a hall whose system cannot answer the first time.
 *   <li>the street is a post box: the carrier does not deliver. Switzerland: the customs service cannot answer the first
 *       time.
 * </ul>
 */
package dev.millrace.samples.orders.simulated;
