package io.kubrig.kubelet.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Binds {@link Posix} to the C library. One confined arena per call; errno is captured by the call itself. */
@SuppressWarnings("restricted")
final class LinuxPosix implements Posix {
  static final LinuxPosix INSTANCE = new LinuxPosix();

  private static final int MNT_DETACH = 2;
  private static final int AF_INET = 2;
  private static final int SOCK_DGRAM = 2;
  private static final long SIOCSIFFLAGS = 0x8914;
  private static final long SIOCBRDELBR = 0x89a1;
  private static final int ENODEV = 19;
  private static final int ENXIO = 6;
  /** struct ifreq: 16 bytes of name, then a union of 24. */
  private static final int IFREQ_BYTES = 40;
  /** struct statvfs of 64-bit Linux: eleven unsigned longs, of which f_fsid is the seventh, then padding. */
  private static final int STATVFS_BYTES = 112;

  private static final StructLayout CAPTURE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO = CAPTURE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private final Linker linker = Linker.nativeLinker();
  private final MethodHandle mount = bind("mount", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));
  private final MethodHandle umount2 = bind("umount2", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
  private final MethodHandle statvfs = bind("statvfs", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
  private final MethodHandle socket = bind("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
  private final MethodHandle ioctl =
      bind("ioctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS), Linker.Option.firstVariadicArg(2));
  private final MethodHandle close = bind("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private final MethodHandle strerror =
      linker.downcallHandle(linker.defaultLookup().find("strerror").orElseThrow(), FunctionDescriptor.of(ADDRESS, JAVA_INT));

  private LinuxPosix() {}

  private MethodHandle bind(String name, FunctionDescriptor type, Linker.Option... more) {
    Linker.Option[] options = new Linker.Option[more.length + 1];
    options[0] = Linker.Option.captureCallState("errno");
    System.arraycopy(more, 0, options, 1, more.length);
    return linker.downcallHandle(linker.defaultLookup().find(name).orElseThrow(), type, options);
  }

  @Override
  public void mount(String source, Path target, String type, long flags, String data) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = arena.allocate(CAPTURE);
      int result =
          (int) mount.invokeExact(errno, text(arena, source), text(arena, target.toString()), text(arena, type), flags, text(arena, data));
      check(result, errno, "mount " + (type == null ? source : type) + " on " + target);
    } catch (Throwable e) {
      throw asIo(e);
    }
  }

  @Override
  public void unmount(Path target) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = arena.allocate(CAPTURE);
      int result = (int) umount2.invokeExact(errno, text(arena, target.toString()), MNT_DETACH);
      check(result, errno, "unmount " + target);
    } catch (Throwable e) {
      throw asIo(e);
    }
  }

  @Override
  public FilesystemSpace space(Path path) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = arena.allocate(CAPTURE);
      MemorySegment stat = arena.allocate(STATVFS_BYTES, 8);
      int result = (int) statvfs.invokeExact(errno, text(arena, path.toString()), stat);
      check(result, errno, "statvfs " + path);
      long fragment = stat.get(JAVA_LONG, 8);
      return new FilesystemSpace(
          stat.get(JAVA_LONG, 16) * fragment,
          stat.get(JAVA_LONG, 24) * fragment,
          stat.get(JAVA_LONG, 32) * fragment,
          stat.get(JAVA_LONG, 40),
          stat.get(JAVA_LONG, 48));
    } catch (Throwable e) {
      throw asIo(e);
    }
  }

  @Override
  public void deleteBridge(String name) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = arena.allocate(CAPTURE);
      int fd = (int) socket.invokeExact(errno, AF_INET, SOCK_DGRAM, 0);
      check(fd, errno, "socket");
      try {
        MemorySegment request = arena.allocate(IFREQ_BYTES, 8);
        byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
        MemorySegment.copy(bytes, 0, request, java.lang.foreign.ValueLayout.JAVA_BYTE, 0, Math.min(bytes.length, 15));
        request.set(JAVA_SHORT, 16, (short) 0);
        if (absent((int) ioctl.invokeExact(errno, fd, SIOCSIFFLAGS, request), errno, "take down " + name)) {
          return;
        }
        absent((int) ioctl.invokeExact(errno, fd, SIOCBRDELBR, request), errno, "delete bridge " + name);
      } finally {
        int ignored = (int) close.invokeExact(errno, fd);
      }
    } catch (Throwable e) {
      throw asIo(e);
    }
  }

  private boolean absent(int result, MemorySegment errno, String what) throws Throwable {
    int number = (int) ERRNO.get(errno, 0L);
    if (result < 0 && (number == ENODEV || number == ENXIO)) {
      return true;
    }
    check(result, errno, what);
    return false;
  }

  private static MemorySegment text(Arena arena, String value) {
    return value == null ? MemorySegment.NULL : arena.allocateFrom(value);
  }

  private void check(int result, MemorySegment errno, String what) throws Throwable {
    if (result < 0) {
      MemorySegment message = (MemorySegment) strerror.invokeExact((int) ERRNO.get(errno, 0L));
      throw new IOException(what + ": " + message.reinterpret(256).getString(0));
    }
  }

  private static IOException asIo(Throwable e) {
    return switch (e) {
      case IOException io -> io;
      case RuntimeException bug -> throw bug;
      case Error error -> throw error;
      default -> new IOException(e);
    };
  }
}
