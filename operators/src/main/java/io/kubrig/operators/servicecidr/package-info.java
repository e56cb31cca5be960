/** Ranges of service addresses: each is announced ready, and stays while addresses of it are in use that no other range covers. */
package io.kubrig.operators.servicecidr;
