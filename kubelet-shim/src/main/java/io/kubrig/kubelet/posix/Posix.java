package io.kubrig.kubelet.posix;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The system calls that the Java library lacks and a node needs.
 *
 * <p><b>Errors</b>: {@link IOException} with the name of the call, its object and the text of errno.
 */
public interface Posix {
  /** mount(2): read-only. */
  long MS_RDONLY = 1;
  /** mount(2): attach a directory that is mounted elsewhere. */
  long MS_BIND = 4096;
  /** mount(2): change the propagation of a whole tree. */
  long MS_REC = 16384;
  /** mount(2): events pass both ways. */
  long MS_SHARED = 1 << 20;

  /** Source: mount(2). A null type or data is passed as NULL. */
  void mount(String source, Path target, String type, long flags, String data) throws IOException;

  /** Detaches a mount, even a busy one. Source: umount2(2) with MNT_DETACH. */
  void unmount(Path target) throws IOException;

  /** Space and inodes of the file system under a path. Source: statvfs(3). */
  FilesystemSpace space(Path path) throws IOException;

  /** Takes a network bridge down and deletes it; does nothing when there is none. Source: netdevice(7). */
  void deleteBridge(String name) throws IOException;

  /** Unit: bytes and counts. {@code available} is what an unprivileged user may still take. */
  record FilesystemSpace(long capacityBytes, long freeBytes, long availableBytes, long inodes, long inodesFree) {
    public long usedBytes() {
      return capacityBytes - freeBytes;
    }
  }

  /** The system calls of this machine's C library. */
  static Posix system() {
    return LinuxPosix.INSTANCE;
  }
}
