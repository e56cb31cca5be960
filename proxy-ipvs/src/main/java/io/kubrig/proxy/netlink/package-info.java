/**
 * Netlink with netfilter and about routes: messages and attributes as values, and the one binding to the kernel's socket.
 *
 * <p>{@link io.kubrig.proxy.netlink.Netlink} is the plain interface, {@link io.kubrig.proxy.netlink.LinuxNetlink} the only class that calls
 * libc.
 */
package io.kubrig.proxy.netlink;
