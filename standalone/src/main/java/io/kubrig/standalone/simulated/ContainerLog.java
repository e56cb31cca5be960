package io.kubrig.standalone.simulated;

import io.kubrig.apiserver.http.Exchange;
import io.kubrig.kubelet.logs.LogOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** What one run of a container has written. Any number of readers may follow it until the run ends. */
final class ContainerLog {
  /** As container runtimes stamp lines: nine digits, always. */
  private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.nnnnnnnnnXXX").withZone(ZoneOffset.UTC);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<Line> lines = new ArrayList<>(); // guarded by the lock
  private boolean ended; // guarded by the lock

  /** A line without its end. */
  record Line(Instant time, String text) {}

  void append(Instant time, List<String> texts) {
    lock.lock();
    try {
      texts.forEach(text -> lines.add(new Line(time, text)));
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The run is over. */
  void end() {
    lock.lock();
    try {
      ended = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean hasEnded() {
    lock.lock();
    try {
      return ended;
    } finally {
      lock.unlock();
    }
  }

  int size() {
    lock.lock();
    try {
      return lines.size();
    } finally {
      lock.unlock();
    }
  }

  /** The same lines, to go on from in another cluster. */
  ContainerLog copy() {
    ContainerLog copy = new ContainerLog();
    lock.lock();
    try {
      copy.lines.addAll(lines);
      copy.ended = ended;
    } finally {
      lock.unlock();
    }
    return copy;
  }

  /** Sends what is wanted; when following, until the run has ended or the client has gone. */
  void copyTo(Exchange exchange, Exchange.ResponseStream out, LogOptions options) throws IOException, InterruptedException {
    AtomicBoolean gone = new AtomicBoolean();
    exchange.onClose(() -> leave(gone));
    int at = options.tailLines() < 0 ? 0 : (int) Math.max(0, size() - options.tailLines());
    long left = options.limitBytes() < 0 ? Long.MAX_VALUE : options.limitBytes();
    Optional<List<Line>> next = after(at, options.follow(), gone);
    while (next.isPresent() && left > 0) {
      at += next.get().size();
      byte[] text = text(next.get(), options);
      int length = (int) Math.min(text.length, left);
      out.write(text, 0, length);
      left -= length;
      next = after(at, options.follow(), gone);
    }
  }

  private void leave(AtomicBoolean gone) {
    lock.lock();
    try {
      gone.set(true);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The lines from one on, waited for when there are none yet; empty when no more will come. */
  Optional<List<Line>> after(int at, boolean wait, AtomicBoolean gone) throws InterruptedException {
    lock.lock();
    try {
      while (at >= lines.size() && wait && !ended && !gone.get()) {
        changed.await();
      }
      return at >= lines.size() || gone.get() ? Optional.empty() : Optional.of(List.copyOf(lines.subList(at, lines.size())));
    } finally {
      lock.unlock();
    }
  }

  private static byte[] text(List<Line> lines, LogOptions options) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    for (Line line : lines) {
      if (!line.time().isBefore(options.since())) {
        String stamp = options.timestamps() ? STAMP.format(line.time()) + " " : "";
        text.writeBytes((stamp + line.text() + "\n").getBytes(StandardCharsets.UTF_8));
      }
    }
    return text.toByteArray();
  }
}
