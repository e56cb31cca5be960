package io.kubrig.kubelet.posix;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;

/** Owners, modes and removal of directory trees. */
public final class FileTree {
  private FileTree() {}

  /** Removes a tree; symbolic links are removed, not followed. Does nothing when there is none. */
  public static void delete(Path root) throws IOException {
    if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, IOException failure) throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** Sets all twelve bits of a mode, including set-group-id and sticky. */
  public static void mode(Path path, int mode) throws IOException {
    Files.setAttribute(path, "unix:mode", mode);
  }

  /** The owner's number of a path. */
  public static int owner(Path path) throws IOException {
    return (Integer) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
  }

  /** Sets the owning user, without following a link. */
  public static void owner(Path path, long uid) throws IOException {
    Files.setAttribute(path, "unix:uid", (int) uid, LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * Makes a tree usable by a group as a volume is for a pod's {@code fsGroup}: owned by the group, readable (and unless read-only,
   * writable) by it, with the set-group-id bit on directories so that new files inherit it.
   */
  public static void giveToGroup(Path root, long gid, boolean readOnly) throws IOException {
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) throws IOException {
            Files.setAttribute(directory, "unix:gid", (int) gid, LinkOption.NOFOLLOW_LINKS);
            mode(directory, bits(directory) | (readOnly ? 0550 : 0770) | 02000);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.setAttribute(file, "unix:gid", (int) gid, LinkOption.NOFOLLOW_LINKS);
            if (!attributes.isSymbolicLink()) {
              mode(file, bits(file) | (readOnly ? 0440 : 0660));
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static int bits(Path path) throws IOException {
    return (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS) & 07777;
  }

  /** Makes a directory and its parents; the directory itself gets the mode whatever the umask says. */
  public static void directory(Path path, int mode) throws IOException {
    if (!Files.isDirectory(path)) {
      Files.createDirectories(path);
      mode(path, mode);
    }
  }

  /** The permissions of a mode as the Java library names them. */
  public static Set<PosixFilePermission> permissions(int mode) {
    PosixFilePermission[] all = {
      PosixFilePermission.OTHERS_EXECUTE, PosixFilePermission.OTHERS_WRITE, PosixFilePermission.OTHERS_READ,
      PosixFilePermission.GROUP_EXECUTE, PosixFilePermission.GROUP_WRITE, PosixFilePermission.GROUP_READ,
      PosixFilePermission.OWNER_EXECUTE, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_READ
    };
    Set<PosixFilePermission> set = EnumSet.noneOf(PosixFilePermission.class);
    for (int bit = 0; bit < all.length; bit++) {
      if ((mode & (1 << bit)) != 0) {
        set.add(all[bit]);
      }
    }
    return set;
  }
}
