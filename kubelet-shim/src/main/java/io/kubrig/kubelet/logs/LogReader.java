package io.kubrig.kubelet.logs;

import io.kubrig.machinery.clock.Clock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.function.BooleanSupplier;

/**
 * Reads the log of one run of a container as the runtime writes it: lines of time, stream, a tag (P for a part of a line, F for its end)
 * and content. Source: the Container Runtime Interface's log format.
 */
public final class LogReader {
  private static final Duration POLL = Duration.ofMillis(100);
  private static final int BLOCK = 16 * 1024;

  private final Path file;
  private final LogOptions options;
  private final Clock clock;
  private long written;
  private Object opened;

  public LogReader(Path file, LogOptions options, Clock clock) {
    this.file = file;
    this.options = options;
    this.clock = clock;
  }

  /**
   * Copies what is wanted; when following, until the run has ended and everything was read.
   *
   * @param running whether the run goes on; asked only at the end of the file
   */
  public void copyTo(OutputStream out, BooleanSupplier running) throws IOException, InterruptedException {
    RandomAccessFile in = new RandomAccessFile(file.toFile(), "r");
    opened = key();
    try {
      in.seek(tailStart(in));
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      boolean last = !options.follow();
      while (true) {
        boolean more = copyAvailable(in, line, out);
        if (!more) {
          return;
        }
        out.flush();
        if (last) {
          return;
        }
        last = !running.getAsBoolean();
        if (!last) {
          clock.sleep(POLL);
        }
        in = reopenedIfRotated(in);
      }
    } finally {
      in.close();
    }
  }

  /** Copies up to the end of the file; returns false when the limit of bytes is reached. An unfinished line is kept for later. */
  private boolean copyAvailable(RandomAccessFile in, ByteArrayOutputStream line, OutputStream out) throws IOException {
    byte[] block = new byte[BLOCK];
    for (int n = in.read(block); n > 0; n = in.read(block)) {
      int from = 0;
      for (int i = 0; i < n; i++) {
        if (block[i] == '\n') {
          line.write(block, from, i - from);
          from = i + 1;
          if (!copyLine(line.toByteArray(), out)) {
            return false;
          }
          line.reset();
        }
      }
      line.write(block, from, n - from);
    }
    return true;
  }

  private boolean copyLine(byte[] line, OutputStream out) throws IOException {
    int stamp = indexOf(line, 0);
    int stream = indexOf(line, stamp + 1);
    int tag = indexOf(line, stream + 1);
    if (stamp < 0 || stream < 0 || tag < 0) {
      return true;
    }
    if (!options.wants(text(line, stamp + 1, stream)) || tooOld(text(line, 0, stamp))) {
      return true;
    }
    ByteArrayOutputStream shown = new ByteArrayOutputStream();
    if (options.timestamps()) {
      shown.write(line, 0, stamp + 1);
    }
    shown.write(line, tag + 1, line.length - tag - 1);
    if (line[stream + 1] == 'F') {
      shown.write('\n');
    }
    byte[] bytes = shown.toByteArray();
    int length = options.limitBytes() < 0 ? bytes.length : (int) Math.min(bytes.length, options.limitBytes() - written);
    out.write(bytes, 0, length);
    written += length;
    return options.limitBytes() < 0 || written < options.limitBytes();
  }

  private boolean tooOld(String stamp) {
    return !options.since().equals(Instant.EPOCH) && OffsetDateTime.parse(stamp).toInstant().isBefore(options.since());
  }

  private static String text(byte[] line, int from, int to) {
    return new String(line, from, to - from, StandardCharsets.US_ASCII);
  }

  private static int indexOf(byte[] line, int from) {
    for (int i = Math.max(0, from); i < line.length; i++) {
      if (line[i] == ' ') {
        return i;
      }
    }
    return -1;
  }

  /** Where the last wanted lines begin. */
  private long tailStart(RandomAccessFile in) throws IOException {
    long end = in.length();
    if (options.tailLines() < 0) {
      return 0;
    }
    if (options.tailLines() == 0) {
      return end;
    }
    long found = 0;
    byte[] block = new byte[BLOCK];
    for (long at = end; at > 0; ) {
      int size = (int) Math.min(BLOCK, at);
      at -= size;
      in.seek(at);
      in.readFully(block, 0, size);
      for (int i = size - 1; i >= 0; i--) {
        // the newline at the very end closes the last line
        if (block[i] == '\n' && at + i + 1 < end && ++found == options.tailLines()) {
          return at + i + 1;
        }
      }
    }
    return 0;
  }

  /** When the file was moved away and a new one begun, goes on with that. */
  private RandomAccessFile reopenedIfRotated(RandomAccessFile in) throws IOException {
    Object now = key();
    if (now == null || now.equals(opened)) {
      return in;
    }
    in.close();
    opened = now;
    return new RandomAccessFile(file.toFile(), "r");
  }

  /** What tells files of the same name apart; null while there is none. */
  private Object key() throws IOException {
    return Files.exists(file) ? Files.readAttributes(file, BasicFileAttributes.class).fileKey() : null;
  }
}
