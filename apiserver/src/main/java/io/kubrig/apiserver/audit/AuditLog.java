package io.kubrig.apiserver.audit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.tree.Tree;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Events as lines of a file that is rotated by size: {@code --audit-log-path}, {@code -maxsize}, {@code -maxbackup}, {@code -maxage},
 * {@code -format}. One thread writes; requests wait for it only when very many events are queued.
 */
public final class AuditLog implements AuditSink {
  private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);
  private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH-mm-ss.SSS").withZone(ZoneOffset.UTC);
  private static final Tree END = new Tree();

  /**
   * Settings.
   *
   * @param path "-" for standard output
   * @param json false for the legacy format
   * @param maxMegabytes 0 for native's 100
   * @param maxBackups 0 for all
   * @param maxAgeDays 0 for ever
   */
  public record Settings(String path, boolean json, int maxMegabytes, int maxBackups, int maxAgeDays) {}

  private final Settings settings;
  private final Clock clock;
  private final BlockingQueue<Tree> queue = new LinkedBlockingQueue<>(10_000);
  private final Thread writer;
  private OutputStream out;
  private long size;

  public AuditLog(Settings settings, Clock clock) throws IOException {
    this.settings = settings;
    this.clock = clock;
    open();
    writer = Thread.ofVirtual().name("audit-log").start(this::write);
  }

  @Override
  public void take(Tree event) {
    try {
      queue.put(event);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void open() throws IOException {
    if (settings.path().equals("-")) {
      out = new BufferedOutputStream(System.out);
      return;
    }
    Path file = Path.of(settings.path());
    if (file.toAbsolutePath().getParent() != null) {
      Files.createDirectories(file.toAbsolutePath().getParent());
    }
    out = new BufferedOutputStream(Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
    size = Files.size(file);
  }

  private void write() {
    try {
      for (Tree event = queue.take(); event != END; event = queue.take()) {
        line(event);
        if (queue.isEmpty()) {
          out.flush();
        }
      }
      out.flush();
      if (!settings.path().equals("-")) {
        out.close();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOG.error("audit log {} cannot be written", settings.path(), e);
    }
  }

  private void line(Tree event) throws IOException {
    byte[] line = settings.json() ? Json.write(event) : legacy(event).getBytes(UTF_8);
    long max = (settings.maxMegabytes() == 0 ? 100L : settings.maxMegabytes()) << 20;
    if (!settings.path().equals("-") && size > 0 && size + line.length + 1 > max) {
      rotate();
    }
    out.write(line);
    out.write('\n');
    size += line.length + 1L;
  }

  private void rotate() throws IOException {
    out.close();
    Path file = Path.of(settings.path());
    Files.move(file, file.resolveSibling(prefix(file) + STAMP.format(clock.now()) + extension(file)));
    removeOld(file);
    open();
  }

  private static String prefix(Path file) {
    String name = file.getFileName().toString();
    return name.substring(0, name.length() - extension(file).length()) + "-";
  }

  private static String extension(Path file) {
    String name = file.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return dot < 0 ? "" : name.substring(dot);
  }

  private void removeOld(Path file) throws IOException {
    List<Path> backups;
    try (Stream<Path> siblings = Files.list(file.toAbsolutePath().getParent())) {
      backups =
          new ArrayList<>(siblings.filter(path -> backupTime(file, path) != null)
              .sorted(Comparator.comparing((Path p) -> backupTime(file, p)).reversed()).toList());
    }
    Instant oldest = settings.maxAgeDays() == 0 ? Instant.MIN : clock.now().minus(Duration.ofDays(settings.maxAgeDays()));
    for (int i = 0; i < backups.size(); i++) {
      boolean tooMany = settings.maxBackups() > 0 && i >= settings.maxBackups();
      if (tooMany || backupTime(file, backups.get(i)).isBefore(oldest)) {
        Files.deleteIfExists(backups.get(i));
      }
    }
  }

  private static Instant backupTime(Path file, Path backup) {
    String name = backup.getFileName().toString();
    if (!name.startsWith(prefix(file)) || !name.endsWith(extension(file))) {
      return null;
    }
    try {
      return STAMP.parse(name.substring(prefix(file).length(), name.length() - extension(file).length()), Instant::from);
    } catch (DateTimeParseException other) {
      return null;
    }
  }

  /** One line of {@code key="value"} pairs (source: apiserver/pkg/audit/format.go). */
  private static String legacy(Tree event) {
    Tree user = event.tree("user");
    Tree as = event.tree("impersonatedUser");
    Tree object = event.tree("objectRef");
    String namespace = object.string("namespace").isEmpty() ? "<none>" : object.string("namespace");
    String response = event.has("responseStatus") ? Long.toString(event.tree("responseStatus").integer("code")) : "<deferred>";
    return event.string("stageTimestamp") + " AUDIT: id=" + quote(event.string("auditID")) + " stage=" + quote(event.string("stage"))
        + " ip=" + quote(event.strings("sourceIPs").isEmpty() ? "<unknown>" : event.strings("sourceIPs").getFirst())
        + " method=" + quote(event.string("verb")) + " user=" + quote(user.string("username", "<none>"))
        + " groups=" + groups(user) + " as=" + quote(as.string("username", "<self>"))
        + " asgroups=" + (event.has("impersonatedUser") ? groups(as) : quote("<lookup>")) + " user-agent="
            + quote(event.string("userAgent"))
        + " namespace=" + quote(namespace) + " uri=" + quote(event.string("requestURI")) + " response=" + quote(response);
  }

  private static String groups(Tree user) {
    List<String> groups = user.strings("groups");
    return groups.isEmpty() ? quote("<none>") : String.join(",", groups.stream().map(AuditLog::quote).toList());
  }

  private static String quote(String text) {
    return Json.text(text);
  }

  @Override
  public void close() {
    take(END);
    try {
      writer.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
