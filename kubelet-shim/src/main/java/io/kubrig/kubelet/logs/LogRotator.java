package io.kubrig.kubelet.logs;

import io.kubrig.kubelet.cri.ContainerRuntime;
import io.kubrig.kubelet.cri.CriException;
import io.kubrig.machinery.clock.Clock;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a container's log small: one that grew too big is moved away and begun anew; moved ones are compressed but for the newest, and the
 * oldest are removed.
 *
 * @param maxBytes the size at which a log is moved away
 * @param maxFiles how many files a container may have, the present one included
 */
public record LogRotator(ContainerRuntime runtime, Clock clock, long maxBytes, int maxFiles) {
  private static final Logger LOG = LoggerFactory.getLogger(LogRotator.class);
  private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

  /** Looks at the log of a running container. */
  public void check(Path log, String containerId) {
    try {
      if (Files.exists(log) && Files.size(log) > maxBytes) {
        rotate(log, containerId);
      }
    } catch (IOException | CriException e) {
      LOG.warn("Cannot rotate log {}: {}", log, e.getMessage());
    }
  }

  private void rotate(Path log, String containerId) throws IOException {
    List<Path> old = moved(log);
    // one goes to the present file, one to the file that is about to be moved
    for (int i = 0; i < old.size() - (maxFiles - 2); i++) {
      Files.deleteIfExists(old.get(i));
    }
    for (Path file : moved(log)) {
      if (!file.toString().endsWith(".gz")) {
        compress(file);
      }
    }
    Path away = log.resolveSibling(log.getFileName() + "." + STAMP.format(clock.now()));
    Files.move(log, away);
    try {
      runtime.reopenLog(containerId);
    } catch (CriException e) {
      Files.move(away, log);
      throw e;
    }
  }

  /** The files that were moved away, the oldest first. */
  private static List<Path> moved(Path log) throws IOException {
    String prefix = log.getFileName() + ".";
    try (Stream<Path> files = Files.list(log.getParent())) {
      return files.filter(file -> file.getFileName().toString().startsWith(prefix)).sorted().toList();
    }
  }

  private static void compress(Path file) throws IOException {
    Path packed = file.resolveSibling(file.getFileName() + ".gz");
    Path unfinished = file.resolveSibling(file.getFileName() + ".tmp");
    try (InputStream in = Files.newInputStream(file);
        OutputStream out = new GZIPOutputStream(Files.newOutputStream(unfinished))) {
      in.transferTo(out);
    }
    Files.move(unfinished, packed, StandardCopyOption.ATOMIC_MOVE);
    Files.delete(file);
  }
}
