/**
 * Secrets of tenants that must be read again, such as those with which other companies sign what they deliver. They come in as
 * texts and go out as {@link dev.millrace.controlplane.secrets.Sealed}, which is what tables hold: whoever gets hold of the database
 * or of a copy of it has none of them without the key, which is kept elsewhere. What only needs to be compared, such as tokens, is
 * stored as a hash and does not come here.
 */
package dev.millrace.controlplane.secrets;
