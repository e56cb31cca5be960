package io.kubrig.kubelet.volume;

import io.fabric8.kubernetes.api.model.HostPathVolumeSource;
import io.kubrig.kubelet.posix.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** Checks, and where asked to makes, what a {@code hostPath} volume names. */
final class HostPaths {
  private static final int S_IFMT = 0170000;
  private static final int S_IFSOCK = 0140000;
  private static final int S_IFCHR = 0020000;
  private static final int S_IFBLK = 0060000;

  private HostPaths() {}

  static Path ensure(HostPathVolumeSource source) throws IOException {
    Path path = Path.of(source.getPath());
    String type = source.getType() == null ? "" : source.getType();
    switch (type) {
      case "" -> {
        // anything goes, and nothing is checked; the runtime makes a missing directory
      }
      case "DirectoryOrCreate" -> {
        FileTree.directory(path, 0755);
        require(Files.isDirectory(path), path, "directory");
      }
      case "FileOrCreate" -> {
        if (!Files.exists(path)) {
          Files.createFile(path);
          FileTree.mode(path, 0644);
        }
        require(Files.isRegularFile(path), path, "file");
      }
      case "Directory" -> require(Files.isDirectory(path), path, "directory");
      case "File" -> require(Files.isRegularFile(path), path, "file");
      case "Socket" -> require(is(path, S_IFSOCK), path, "socket");
      case "CharDevice" -> require(is(path, S_IFCHR), path, "character device");
      case "BlockDevice" -> require(is(path, S_IFBLK), path, "block device");
      default -> throw new VolumeException(type + " is an invalid volume type");
    }
    return path;
  }

  private static boolean is(Path path, int type) throws IOException {
    return Files.exists(path) && ((Integer) Files.getAttribute(path, "unix:mode", new LinkOption[0]) & S_IFMT) == type;
  }

  private static void require(boolean holds, Path path, String what) {
    if (!holds) {
      throw new VolumeException("hostPath type check failed: " + path + " is not a " + what);
    }
  }
}
