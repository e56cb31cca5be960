package io.kubrig.kubelet.volume;

import io.kubrig.kubelet.posix.FileTree;
import io.kubrig.machinery.clock.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Publishes a set of files so that a reader sees either all of the old or all of the new ones.
 *
 * <p><b>Shape</b> of the directory: the files lie in a directory named after the time; {@code ..data} is a link to it, replaced by one
 * rename; each name at the top is a link through {@code ..data}. That is what programs which watch a ConfigMap rely on.
 */
final class AtomicWriter {
  private static final String DATA = "..data";
  private static final String NEXT = "..data_tmp";
  private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyy_MM_dd_HH_mm_ss.n").withZone(ZoneOffset.UTC);

  private final Clock clock;

  AtomicWriter(Clock clock) {
    this.clock = clock;
  }

  /** One file: its content, its permissions, and its owner, -1 for root. */
  record Payload(byte[] content, int mode, long owner) {
    Payload(byte[] content, int mode) {
      this(content, mode, -1);
    }

    boolean same(Path file) throws IOException {
      return Files.isRegularFile(file)
          && Arrays.equals(Files.readAllBytes(file), content)
          && FileTree.permissions(mode).equals(Files.getPosixFilePermissions(file));
    }
  }

  /**
   * Makes the directory show exactly these files.
   *
   * @param files by path relative to the directory, without {@code ..}
   * @param afterWrite is given the new files before anybody can see them
   * @return whether anything changed
   */
  boolean write(Path directory, Map<String, Payload> files, DirectoryStep afterWrite) throws IOException {
    Path current = directory.resolve(DATA);
    if (Files.exists(current) && unchanged(current.toRealPath(), files)) {
      return false;
    }
    Path old = Files.exists(current) ? current.toRealPath() : null;
    Path fresh = directory.resolve(".." + STAMP.format(clock.now()));
    Files.createDirectories(fresh);
    FileTree.mode(fresh, 0755);
    for (Map.Entry<String, Payload> file : files.entrySet()) {
      writeFile(fresh, file.getKey(), file.getValue());
    }
    afterWrite.accept(fresh);
    Path next = directory.resolve(NEXT);
    Files.deleteIfExists(next);
    Files.createSymbolicLink(next, fresh.getFileName());
    Files.move(next, current, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    link(directory, files.keySet().stream().map(path -> path.split("/", 2)[0]).collect(Collectors.toCollection(TreeSet::new)));
    if (old != null && !old.equals(fresh)) {
      FileTree.delete(old);
    }
    return true;
  }

  /** Something done to the files before they are published. */
  @FunctionalInterface
  interface DirectoryStep {
    void accept(Path directory) throws IOException;
  }

  private static void writeFile(Path root, String relative, Payload payload) throws IOException {
    Path file = root.resolve(relative);
    Path parent = file.getParent();
    if (!parent.equals(root)) {
      Files.createDirectories(parent);
      for (Path at = parent; !at.equals(root); at = at.getParent()) {
        FileTree.mode(at, 0755);
      }
    }
    Files.write(file, payload.content());
    FileTree.mode(file, payload.mode());
    if (payload.owner() >= 0) {
      FileTree.owner(file, payload.owner());
    }
  }

  /** Makes the links at the top, and removes those of names that are gone. */
  private static void link(Path directory, Set<String> names) throws IOException {
    for (String name : names) {
      Path link = directory.resolve(name);
      if (!Files.isSymbolicLink(link)) {
        Files.createSymbolicLink(link, Path.of(DATA, name));
      }
    }
    try (Stream<Path> present = Files.list(directory)) {
      for (Path path : present.toList()) {
        String name = path.getFileName().toString();
        if (!name.startsWith("..") && !names.contains(name)) {
          Files.delete(path);
        }
      }
    }
  }

  private static boolean unchanged(Path data, Map<String, Payload> files) throws IOException {
    try (Stream<Path> tree = Files.walk(data)) {
      Set<String> present = tree.filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))
          .map(path -> data.relativize(path).toString()).collect(Collectors.toSet());
      if (!present.equals(files.keySet())) {
        return false;
      }
    }
    for (Map.Entry<String, Payload> file : files.entrySet()) {
      if (!file.getValue().same(data.resolve(file.getKey()))) {
        return false;
      }
    }
    return true;
  }
}
