package io.kubrig.proxy.netlink;

import java.util.List;

/** A conversation with a part of the kernel in the network namespace of the thread that opened it. Not for concurrent use. */
public interface Netlink extends AutoCloseable {

  /** Sends messages to netfilter as one transaction: all take effect at once or none does. Errors: the first refusal, with its message. */
  void batch(List<NetlinkMessage> messages) throws NetlinkException;

  /** All answers to a dump request. Repeated by itself when the kernel says that what it dumped changed meanwhile. */
  List<Reply> dump(NetlinkMessage request) throws NetlinkException;

  /** Sends one message outside a transaction and waits for its acknowledgement. */
  void request(NetlinkMessage message) throws NetlinkException;

  @Override
  void close();

  /** One answer of a dump: message type within the subsystem, the header before the attributes, and these. */
  record Reply(int type, Bytes header, Attributes attributes) {
    /** The address family. */
    public int family() {
      return header.at(0);
    }
  }
}
