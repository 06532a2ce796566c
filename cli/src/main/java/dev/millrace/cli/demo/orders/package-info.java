/**
 * The show of the order-fulfilment sample: a thousand orders at once, one by one, as events and by a webhook, and how each of them
 * ended beside how it must end.
 */
package dev.millrace.cli.demo.orders;
