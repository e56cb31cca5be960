package io.kubrig.proxy.netlink;

import java.io.IOException;
import java.util.Map;

/** A refusal by the kernel or a failed system call, with its error number. */
public final class NetlinkException extends IOException {
  private static final long serialVersionUID = 1L;

  public static final int EPERM = 1;
  public static final int ENOENT = 2;
  public static final int ESRCH = 3;
  public static final int EINTR = 4;
  public static final int EAGAIN = 11;
  public static final int EACCES = 13;
  public static final int EBUSY = 16;
  public static final int EEXIST = 17;
  public static final int EPROTONOSUPPORT = 93;
  public static final int EOPNOTSUPP = 95;
  public static final int ENETUNREACH = 101;
  public static final int ENOBUFS = 105;
  public static final int EHOSTUNREACH = 113;

  private static final Map<Integer, String> NAMES = Map.of(EPERM, "operation not permitted", ENOENT, "no such object", EBUSY, "object busy",
      EEXIST, "object exists", EACCES, "permission denied", EPROTONOSUPPORT, "protocol not supported by the kernel",
      EOPNOTSUPP, "not supported by the kernel", ENOBUFS, "no buffer space", ENETUNREACH, "network is unreachable",
      EHOSTUNREACH, "no route to host");

  private final int errno;

  public NetlinkException(String what, int errno) {
    super(what + ": " + NAMES.getOrDefault(errno, "error") + " (errno " + errno + ")");
    this.errno = errno;
  }

  public int errno() {
    return errno;
  }
}
