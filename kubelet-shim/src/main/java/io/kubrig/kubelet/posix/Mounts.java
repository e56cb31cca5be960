package io.kubrig.kubelet.posix;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The mount points of this process's mount namespace. Source: proc_pid_mountinfo(5). */
public final class Mounts {
  private static final Path MOUNTINFO = Path.of("/proc/self/mountinfo");

  private Mounts() {}

  /** Whether something is mounted exactly on a path. */
  public static boolean isMountPoint(Path path) throws IOException {
    return points().contains(path.toAbsolutePath().normalize());
  }

  /** The mount points at or below a directory, the deepest first. */
  public static List<Path> below(Path directory) throws IOException {
    Path root = directory.toAbsolutePath().normalize();
    return points().stream()
        .filter(point -> point.startsWith(root))
        .sorted(Comparator.comparingInt((Path point) -> point.getNameCount()).reversed())
        .toList();
  }

  /** Detaches everything that is mounted at or below a directory. */
  public static void detachBelow(Path directory, Posix posix) throws IOException {
    for (Path point : below(directory)) {
      posix.unmount(point);
    }
  }

  private static List<Path> points() throws IOException {
    List<Path> points = new ArrayList<>();
    for (String line : Files.readAllLines(MOUNTINFO, StandardCharsets.UTF_8)) {
      points.add(Path.of(unescape(line.split(" ")[4])));
    }
    return points;
  }

  /** The kernel writes blanks and backslashes as three octal digits. */
  private static String unescape(String field) {
    if (field.indexOf('\\') < 0) {
      return field;
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < field.length(); i++) {
      if (field.charAt(i) == '\\' && i + 3 < field.length()) {
        text.append((char) Integer.parseInt(field.substring(i + 1, i + 4), 8));
        i += 3;
      } else {
        text.append(field.charAt(i));
      }
    }
    return text.toString();
  }
}
