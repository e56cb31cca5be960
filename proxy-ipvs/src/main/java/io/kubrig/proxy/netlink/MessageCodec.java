package io.kubrig.proxy.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Framing of {@code struct nlmsghdr} and the header behind it ({@code struct nfgenmsg}, {@code struct rtmsg}); pure. */
final class MessageCodec {
  static final int NLMSG_ERROR = 2;
  static final int NLMSG_DONE = 3;
  static final int NLM_F_REQUEST = 1;
  static final int NLM_F_DUMP_INTR = 0x10;

  private static final int NLMSG_HEADER = 16;
  private static final int NFGEN_HEADER = 4;
  private static final int NFNL_MSG_BATCH_BEGIN = 0x10;
  private static final int NFNL_MSG_BATCH_END = 0x11;

  /** One received frame: header fields and everything after the netlink header. */
  record Frame(int type, int flags, int sequence, byte[] payload) {
    /** The error number of an NLMSG_ERROR or NLMSG_DONE frame, zero for an acknowledgement. */
    int errno() {
      return payload.length < 4 ? 0 : -ByteBuffer.wrap(payload).order(ByteOrder.nativeOrder()).getInt();
    }

    /** The frame as an answer. @param header the bytes before its attributes, as many as its request has */
    Netlink.Reply reply(int header) {
      if (payload.length < header) {
        throw new IllegalArgumentException("truncated netlink message of type " + type);
      }
      return new Netlink.Reply(type & 0xff, Bytes.slice(payload, 0, header), Attributes.parse(payload, header));
    }
  }

  private MessageCodec() {
  }

  static byte[] single(NetlinkMessage message, int sequence) {
    ByteBuffer buffer = allocate(size(message));
    put(buffer, message, sequence);
    return buffer.array();
  }

  /** The frames of a transaction: begin, the messages numbered from {@code firstSequence}, end. */
  static byte[] batch(List<NetlinkMessage> messages, int firstSequence) {
    int total = 2 * (NLMSG_HEADER + NFGEN_HEADER);
    for (NetlinkMessage message : messages) {
      total += size(message);
    }
    ByteBuffer buffer = allocate(total);
    putFence(buffer, NFNL_MSG_BATCH_BEGIN, firstSequence - 1);
    int sequence = firstSequence;
    for (NetlinkMessage message : messages) {
      put(buffer, message, sequence++);
    }
    putFence(buffer, NFNL_MSG_BATCH_END, sequence);
    return buffer.array();
  }

  static List<Frame> parse(byte[] datagram) {
    ByteBuffer buffer = ByteBuffer.wrap(datagram).order(ByteOrder.nativeOrder());
    List<Frame> frames = new ArrayList<>();
    int at = 0;
    while (at + NLMSG_HEADER <= datagram.length) {
      int size = buffer.getInt(at);
      if (size < NLMSG_HEADER || size > datagram.length - at) {
        throw new IllegalArgumentException("truncated netlink message at byte " + at);
      }
      byte[] payload = new byte[size - NLMSG_HEADER];
      buffer.get(at + NLMSG_HEADER, payload);
      frames.add(new Frame(buffer.getShort(at + 4) & 0xffff, buffer.getShort(at + 6) & 0xffff, buffer.getInt(at + 8), payload));
      at += (size + 3) & ~3;
    }
    return frames;
  }

  private static int size(NetlinkMessage message) {
    return NLMSG_HEADER + message.header().length + message.attributes().length;
  }

  private static ByteBuffer allocate(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.nativeOrder());
  }

  private static void put(ByteBuffer buffer, NetlinkMessage message, int sequence) {
    buffer.putInt(size(message)).putShort((short) (message.subsystem() << 8 | message.type()))
        .putShort((short) (message.flags() | NLM_F_REQUEST));
    buffer.putInt(sequence).putInt(0);
    buffer.put(message.header());
    buffer.put(message.attributes());
  }

  /** {@code res_id} of a fence names the subsystem, in network byte order. */
  private static void putFence(ByteBuffer buffer, int type, int sequence) {
    buffer.putInt(NLMSG_HEADER + NFGEN_HEADER).putShort((short) type).putShort((short) NLM_F_REQUEST).putInt(sequence).putInt(0);
    buffer.put((byte) 0).put((byte) 0).put((byte) 0).put((byte) NetlinkMessage.SUBSYSTEM_NFTABLES);
  }
}
