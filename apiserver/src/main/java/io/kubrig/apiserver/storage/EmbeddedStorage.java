package io.kubrig.apiserver.storage;

import io.kubrig.machinery.clock.Clock;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A durable storage in a directory of this process: an append-only log of checksummed batches and, now and then, a snapshot that lets old
 * logs go.
 *
 * <p>Invariants:
 *
 * <ul>
 * <li>One thread, the commit loop, decides, writes and applies. Whatever has gathered while it wrote makes the next batch: one fsync for
 * all of it.
 * <li>A write is acknowledged, and visible to readers, only after the fsync of its batch. A conflict is answered only then, too, because
 * what it
 *       collided with may have been part of the same batch.
 * <li>After a failed fsync nobody knows what is on disk: the storage then refuses writes until it is opened anew. A write that failed
 * before (a full
 *       disk) is taken back and the storage goes on.
 *   <li>A snapshot is written beside the running log from an immutable state; writers never wait for it.
 * </ul>
 */
public final class EmbeddedStorage implements Storage {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedStorage.class);
  private static final int BATCH_WRITES = 2048;
  private static final int BATCH_BYTES = 16 << 20;
  private static final long SNAPSHOT_LOG_BYTES = 64L << 20;

  private final DataDirectory directory;
  private final AtRest atRest;
  private final Keyspace keyspace;
  private final long snapshotBytes;
  private final BlockingQueue<Pending> queue = new LinkedBlockingQueue<>(64 << 10);
  private final Thread loop;
  private LogSegment segment;
  private long loggedBytes;
  private volatile String broken = "";
  private volatile boolean closed;
  private volatile Thread snapshotting;

  /** A write on its way through the loop; {@code outcome} or {@code failure} is set before {@code done} opens. */
  private static final class Pending {
    final Write write;
    final CountDownLatch done = new CountDownLatch(1);
    Outcome outcome;
    IOException failure;

    Pending(Write write) {
      this.write = write;
    }
  }

  /** Tells the commit loop to finish. */
  private static final Pending END = new Pending(null);

  private EmbeddedStorage(DataDirectory directory, AtRest atRest, Recovery.Recovered recovered, long snapshotBytes) {
    this.snapshotBytes = snapshotBytes;
    this.directory = directory;
    this.atRest = atRest;
    this.keyspace = recovered.keyspace();
    this.segment = recovered.segment();
    this.loggedBytes = recovered.logged();
    this.loop = Thread.ofPlatform().name("commit").daemon().start(this::run);
  }

  /**
   * Opens a directory, makes it when it is not there, and recovers what it holds.
   *
   * @throws CorruptStorageException when something that was acknowledged cannot be read
   * @throws IOException when the directory cannot be used, is in use, or is full; the message says what to do
   */
  public static EmbeddedStorage open(Path path, AtRest atRest, Clock clock) throws IOException {
    return open(path, atRest, clock, Disk.REAL, SNAPSHOT_LOG_BYTES);
  }

  /** @param snapshotBytes of log after which a snapshot is written */
  static EmbeddedStorage open(Path path, AtRest atRest, Clock clock, Disk disk, long snapshotBytes) throws IOException {
    DataDirectory directory = DataDirectory.open(path, disk);
    try {
      return new EmbeddedStorage(directory, atRest, new Recovery(directory, atRest, clock).run(), snapshotBytes);
    } catch (IOException e) {
      directory.close();
      throw e;
    }
  }

  @Override
  public Keyspace keyspace() {
    return keyspace;
  }

  @Override
  public Outcome commit(Write write) throws IOException, InterruptedException {
    if (closed) {
      throw new IOException("the storage is closed");
    }
    if (write instanceof Write.Put) {
      atRest.ready(write.key());
    }
    Pending pending = new Pending(write);
    queue.put(pending);
    if (closed && queue.remove(pending)) {
      throw new IOException("the storage is closed");
    }
    pending.done.await();
    if (pending.failure != null) {
      throw pending.failure;
    }
    return pending.outcome;
  }

  // ---- the commit loop -----------------------------------------------------------------------------------------------

  private void run() {
    List<Pending> batch = new ArrayList<>();
    boolean last = false;
    while (!last) {
      try {
        batch.add(queue.take());
      } catch (InterruptedException e) {
        throw new IllegalStateException("nobody interrupts the commit loop: that would close its file", e);
      }
      queue.drainTo(batch, BATCH_WRITES - 1);
      last = batch.remove(END);
      process(batch);
      batch.clear();
    }
  }

  private void process(List<Pending> batch) {
    List<Change> changes = new ArrayList<>(batch.size());
    Map<String, Optional<Entry>> overlay = new HashMap<>();
    int bytes = 0;
    int from = 0;
    for (int i = 0; i < batch.size(); i++) {
      bytes += decide(batch.get(i), changes, overlay);
      if (bytes > BATCH_BYTES) {
        finish(batch.subList(from, i + 1), changes);
        changes.clear();
        overlay.clear();
        bytes = 0;
        from = i + 1;
      }
    }
    finish(batch.subList(from, batch.size()), changes);
  }

  /** Decides one write upon the state that the writes before it will have made. Answers the bytes that it adds to the batch. */
  private int decide(Pending pending, List<Change> changes, Map<String, Optional<Entry>> overlay) {
    Write write = pending.write;
    Optional<Entry> current = overlay.containsKey(write.key()) ? overlay.get(write.key()) : keyspace.current().get(write.key());
    if (current.map(Entry::modified).orElse(0L) != write.expected()) {
      pending.outcome = new Outcome.Conflict(current);
      return 0;
    }
    Change change = Commit.change(write, current, keyspace.revision() + changes.size() + 1);
    changes.add(change);
    overlay.put(write.key(), Optional.ofNullable(change.after()));
    pending.outcome = new Outcome.Committed(Objects.requireNonNullElse(change.after(), change.before()), change.revision());
    return change.after() == null ? 64 : change.after().value().length;
  }

  /** Makes a batch durable, then visible, then known to its writers. */
  private void finish(List<Pending> batch, List<Change> changes) {
    if (!changes.isEmpty()) {
      if (!broken.isEmpty()) {
        fail(batch, new IOException(broken));
        return;
      }
      try {
        List<LogRecord> records = changes.stream().map(change -> LogRecord.of(change, atRest)).toList();
        long before = segment.end();
        segment.append(Batches.frame(records));
        loggedBytes += segment.end() - before;
      } catch (LogSegment.NotWritten e) {
        fail(batch, e);
        return;
      } catch (IOException e) {
        broken = "the storage refuses writes after a failed write: " + e.getMessage() + "; restart to recover what is on disk";
        LOG.error("Writing the log failed; the storage refuses writes from now on", e);
        fail(batch, new IOException(broken, e));
        return;
      }
      changes.forEach(keyspace::apply);
    }
    batch.forEach(pending -> pending.done.countDown());
    snapshotWhenDue();
  }

  private static void fail(List<Pending> batch, IOException failure) {
    for (Pending pending : batch) {
      pending.failure = failure;
      pending.done.countDown();
    }
  }

  // ---- snapshots -----------------------------------------------------------------------------------------------------

  private void snapshotWhenDue() {
    if (loggedBytes < snapshotBytes || snapshotting != null) {
      return;
    }
    try {
      Snapshot state = keyspace.current();
      LogSegment full = segment;
      segment = directory.createLog(state.revision());
      loggedBytes = 0;
      Thread writer = Thread.ofPlatform().name("snapshot").daemon().unstarted(() -> snapshot(state));
      snapshotting = writer; // before it can end and say so
      writer.start();
      full.close();
    } catch (IOException e) {
      LOG.warn("Cannot begin a new log file; the current one goes on growing", e);
      loggedBytes = 0;
    }
  }

  private void snapshot(Snapshot state) {
    try {
      directory.writeSnapshot(state.revision(), frames -> SnapshotFrames.write(state, atRest, frames));
      directory.forgetBefore(state.revision());
    } catch (IOException e) {
      LOG.warn("Cannot write a snapshot; the logs are kept instead", e);
    } finally {
      snapshotting = null;
    }
  }

  // ---- the rest ------------------------------------------------------------------------------------------------------

  /** Forgets the past in memory. On disk only states are kept, no past. */
  @Override
  public void compact(long revision) {
    keyspace.compact(revision);
  }

  @Override
  public void backup(OutputStream out) throws IOException {
    Backup.write(keyspace.current(), atRest, out);
  }

  @Override
  public List<String> troubles() {
    return broken.isEmpty() ? List.of() : List.of(broken);
  }

  @Override
  public long sizeInBytes() {
    try {
      return directory.sizeInBytes();
    } catch (IOException e) {
      LOG.warn("Cannot tell the size of the storage", e);
      return 0;
    }
  }

  /** Finishes what was accepted and releases the directory. */
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try {
      queue.put(END);
      loop.join();
      Thread writer = snapshotting;
      if (writer != null) {
        writer.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    segment.close();
    directory.close();
  }
}
