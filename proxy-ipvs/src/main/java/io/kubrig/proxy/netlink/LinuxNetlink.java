package io.kubrig.proxy.netlink;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;

/**
 * {@link Netlink} over a libc socket of the kernel's NETLINK_NETFILTER or NETLINK_ROUTE family.
 *
 * <p>Invariants: the kernel works on a message before {@code send} returns, so the answers of a batch are waiting when it does and no reply
 * is read twice; the socket has no other user, so every frame with the current sequence numbers is ours and any other is a leftover of a
 * failed call.
 *
 * <p>Source: netlink(7), rtnetlink(7), linux/netfilter/nfnetlink.h.
 */
public final class LinuxNetlink implements Netlink {
  private static final int AF_NETLINK = 16;
  private static final int SOCK_RAW_CLOEXEC = 3 | 0x80000;
  private static final int NETLINK_ROUTE = 0;
  private static final int NETLINK_NETFILTER = 12;
  private static final int SOL_SOCKET = 1;
  private static final int SO_RCVTIMEO = 20;
  private static final int SO_SNDBUFFORCE = 32;
  private static final int SO_RCVBUFFORCE = 33;
  private static final int SOL_NETLINK = 270;
  private static final int NETLINK_CAP_ACK = 10;
  private static final int MSG_DONTWAIT = 0x40;
  private static final int RECEIVE_BUFFER = 1 << 17;
  private static final int DUMP_ATTEMPTS = 10;
  private static final int ANSWER_SECONDS = 10;

  private static final MemoryLayout CAPTURED = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO = CAPTURED.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final MethodHandle SOCKET =
      libc("socket", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
  private static final MethodHandle SETSOCKOPT = libc("setsockopt", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT,
      ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT);
  private static final MethodHandle SEND =
      libc("send", ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG,
      ValueLayout.JAVA_INT);
  private static final MethodHandle RECV =
      libc("recv", ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG,
      ValueLayout.JAVA_INT);
  private static final MethodHandle CLOSE = libc("close", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);

  private final int descriptor;
  private int sequence = 1;

  private LinuxNetlink(int descriptor) {
    this.descriptor = descriptor;
  }

  /** Opens a conversation with netfilter in the calling thread's network namespace. */
  public static LinuxNetlink open() throws NetlinkException {
    return open(NETLINK_NETFILTER);
  }

  /** Opens a conversation about routes in the calling thread's network namespace. */
  public static LinuxNetlink openRoutes() throws NetlinkException {
    return open(NETLINK_ROUTE);
  }

  private static LinuxNetlink open(int protocol) throws NetlinkException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(CAPTURED);
      int descriptor = (int) SOCKET.invokeExact(state, AF_NETLINK, SOCK_RAW_CLOEXEC, protocol);
      if (descriptor < 0) {
        String name = protocol == NETLINK_ROUTE ? "NETLINK_ROUTE" : "NETLINK_NETFILTER";
        throw new NetlinkException("socket(AF_NETLINK, " + name + ")", (int) ERRNO.get(state, 0L));
      }
      LinuxNetlink netlink = new LinuxNetlink(descriptor);
      netlink.option(arena, SOL_NETLINK, NETLINK_CAP_ACK, 1);
      netlink.option(arena, SOL_SOCKET, SO_RCVBUFFORCE, 8 << 20);
      MemorySegment timeout = arena.allocate(ValueLayout.JAVA_LONG, 2);
      timeout.set(ValueLayout.JAVA_LONG, 0, ANSWER_SECONDS);
      netlink.option(arena, SOL_SOCKET, SO_RCVTIMEO, timeout);
      return netlink;
    } catch (Throwable problem) {
      throw rethrown(problem);
    }
  }

  @Override
  public void batch(List<NetlinkMessage> messages) throws NetlinkException {
    int first = sequence + 1;
    sequence = first + messages.size();
    byte[] frames = MessageCodec.batch(messages, first);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment inbox = arena.allocate(RECEIVE_BUFFER);
      option(arena, SOL_SOCKET, SO_SNDBUFFORCE, Math.max(1 << 20, frames.length * 2));
      send(arena, frames);
      NetlinkException refusal = null;
      for (byte[] datagram = receive(arena, inbox, MSG_DONTWAIT); datagram.length > 0; datagram = receive(arena, inbox, MSG_DONTWAIT)) {
        for (MessageCodec.Frame frame : MessageCodec.parse(datagram)) {
          boolean ours = frame.sequence() - first >= -1 && frame.sequence() - first <= messages.size();
          if (refusal == null && ours && frame.type() == MessageCodec.NLMSG_ERROR && frame.errno() != 0) {
            refusal = new NetlinkException(describe(messages, frame.sequence() - first), frame.errno());
          }
        }
      }
      if (refusal != null) {
        throw refusal;
      }
    }
  }

  @Override
  public List<Reply> dump(NetlinkMessage request) throws NetlinkException {
    for (int attempt = 1;; attempt++) {
      List<Reply> replies = new ArrayList<>();
      if (dumpOnce(request, replies) || attempt == DUMP_ATTEMPTS) {
        return replies;
      }
    }
  }

  /** Returns whether the dump is of one moment. */
  private boolean dumpOnce(NetlinkMessage request, List<Reply> replies) throws NetlinkException {
    boolean consistent = true;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment inbox = arena.allocate(RECEIVE_BUFFER);
      send(arena, MessageCodec.single(request, ++sequence));
      while (true) {
        for (MessageCodec.Frame frame : MessageCodec.parse(receive(arena, inbox, 0))) {
          if (frame.sequence() != sequence) {
            continue;
          }
          consistent &= (frame.flags() & MessageCodec.NLM_F_DUMP_INTR) == 0;
          if (frame.type() == MessageCodec.NLMSG_DONE || frame.type() == MessageCodec.NLMSG_ERROR) {
            if (frame.errno() != 0 && frame.errno() != NetlinkException.EINTR) {
              throw new NetlinkException("dump " + describe(request), frame.errno());
            }
            return consistent && frame.errno() == 0;
          }
          replies.add(frame.reply(request.header().length));
        }
      }
    }
  }

  @Override
  public void request(NetlinkMessage message) throws NetlinkException {
    NetlinkMessage acknowledged =
        new NetlinkMessage(message.subsystem(), message.type(), message.flags() | NetlinkMessage.NLM_F_ACK, message.header(),
        message.attributes());
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment inbox = arena.allocate(RECEIVE_BUFFER);
      send(arena, MessageCodec.single(acknowledged, ++sequence));
      while (true) {
        for (MessageCodec.Frame frame : MessageCodec.parse(receive(arena, inbox, 0))) {
          if (frame.sequence() == sequence && frame.type() == MessageCodec.NLMSG_ERROR) {
            if (frame.errno() != 0) {
              throw new NetlinkException(describe(message), frame.errno());
            }
            return;
          }
        }
      }
    }
  }

  @Override
  public void close() {
    try (Arena arena = Arena.ofConfined()) {
      int ignored = (int) CLOSE.invokeExact(arena.allocate(CAPTURED), descriptor);
    } catch (Throwable problem) {
      throw new IllegalStateException("close of a netlink socket", problem);
    }
  }

  private void send(Arena arena, byte[] frames) throws NetlinkException {
    MemorySegment state = arena.allocate(CAPTURED);
    MemorySegment data = arena.allocateFrom(ValueLayout.JAVA_BYTE, frames);
    long sent;
    try {
      sent = (long) SEND.invokeExact(state, descriptor, data, (long) frames.length, 0);
    } catch (Throwable problem) {
      throw rethrown(problem);
    }
    if (sent != frames.length) {
      throw new NetlinkException("send of " + frames.length + " bytes to netlink", (int) ERRNO.get(state, 0L));
    }
  }

  /** The next datagram; empty when none waits and {@code flags} says not to wait. */
  private byte[] receive(Arena arena, MemorySegment data, int flags) throws NetlinkException {
    MemorySegment state = arena.allocate(CAPTURED);
    while (true) {
      long received;
      try {
        received = (long) RECV.invokeExact(state, descriptor, data, (long) RECEIVE_BUFFER, flags);
      } catch (Throwable problem) {
        throw rethrown(problem);
      }
      if (received >= 0) {
        return data.asSlice(0, received).toArray(ValueLayout.JAVA_BYTE);
      }
      int errno = (int) ERRNO.get(state, 0L);
      if (errno == NetlinkException.EAGAIN && flags == MSG_DONTWAIT) {
        return new byte[0];
      }
      if (errno != NetlinkException.EINTR) {
        throw new NetlinkException("receive from netlink", errno);
      }
    }
  }

  private void option(Arena arena, int level, int name, int value) throws NetlinkException {
    option(arena, level, name, arena.allocateFrom(ValueLayout.JAVA_INT, value));
  }

  private void option(Arena arena, int level, int name, MemorySegment value) throws NetlinkException {
    MemorySegment state = arena.allocate(CAPTURED);
    int result;
    try {
      result = (int) SETSOCKOPT.invokeExact(state, descriptor, level, name, value, (int) value.byteSize());
    } catch (Throwable problem) {
      throw rethrown(problem);
    }
    if (result < 0) {
      throw new NetlinkException("setsockopt " + level + "/" + name, (int) ERRNO.get(state, 0L));
    }
  }

  private static String describe(List<NetlinkMessage> messages, int index) {
    return index >= 0 && index < messages.size() ? "message " + index + " of " + messages.size() + ", " + describe(messages.get(index))
        : "batch";
  }

  private static String describe(NetlinkMessage message) {
    String about = message.subsystem() == NetlinkMessage.SUBSYSTEM_ROUTE ? "route" : "netfilter";
    return about + " request " + message.subsystem() + "/" + message.type() + " " + Bytes.of(message.attributes());
  }

  private static NetlinkException rethrown(Throwable problem) {
    return switch (problem) {
      case NetlinkException known -> known;
      case RuntimeException bug -> throw bug;
      case Error error -> throw error;
      default -> throw new IllegalStateException(problem);
    };
  }

  @SuppressWarnings("restricted")
  private static MethodHandle libc(String name, ValueLayout result, ValueLayout... parameters) {
    Linker linker = Linker.nativeLinker();
    MemorySegment symbol = linker.defaultLookup().find(name).orElseThrow(() -> new IllegalStateException("libc has no " + name));
    return linker.downcallHandle(symbol, FunctionDescriptor.of(result, parameters), Linker.Option.captureCallState("errno"));
  }
}
