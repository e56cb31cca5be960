package io.kubrig.proxy.conntrack;

import io.kubrig.proxy.netlink.Bytes;
import java.net.InetAddress;

/**
 * A tracked flow.
 *
 * @param destination where the first packet went, before translation
 * @param replySource where answers come from: the endpoint, after translation
 * @param tuple the kernel's own encoding of the original direction, by which it is found again
 * @param id the kernel's number of it, so that a newer flow with the same addresses is not meant
 */
public record Flow(int protocol, InetAddress destination, int destinationPort, InetAddress replySource, int replySourcePort, Bytes tuple,
    int id) {
}
