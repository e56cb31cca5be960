/**
 * DNS messages as values and bytes (RFC 1035, EDNS0 of RFC 6891); pure.
 *
 * <p>Own code instead of a library's: queries go upstream and answers come back byte for byte, names keep the case they were asked in and
 * are compressed, and one blocking virtual thread serves a query.
 */
package io.kubrig.dns.message;
