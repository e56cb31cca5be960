package io.kubrig.apiserver.storage;

import io.kubrig.machinery.clock.Clock;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a data directory: the newest snapshot, then every log after it.
 *
 * <p>The end of the last log may be torn by a crash: what was being written then was never acknowledged, is set aside and cut off. Anything
 * else that cannot be read was acknowledged once and stops the start.
 */
final class Recovery {
  private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

  private final DataDirectory directory;
  private final AtRest atRest;
  private final Clock clock;

  Recovery(DataDirectory directory, AtRest atRest, Clock clock) {
    this.directory = directory;
    this.atRest = atRest;
    this.clock = clock;
  }

  /**
   * @param segment where the log goes on
   * @param logged bytes of log since the snapshot
   */
  record Recovered(Keyspace keyspace, LogSegment segment, long logged) {}

  Recovered run() throws IOException {
    long base = directory.newestSnapshot().orElse(0L);
    Keyspace keyspace = base == 0 ? new Keyspace(clock, 1) : fromSnapshot(base);
    List<Long> logs = directory.logs().stream().filter(revision -> revision >= base).toList();
    LogSegment segment = null;
    long logged = 0;
    for (int i = 0; i < logs.size(); i++) {
      boolean last = i == logs.size() - 1;
      long end = replay(directory.log(logs.get(i)), keyspace, last);
      logged += end;
      if (last) {
        segment = directory.resumeLog(logs.get(i), end);
      }
    }
    if (segment == null) {
      segment = directory.createLog(keyspace.revision());
    }
    return new Recovered(keyspace, segment, logged);
  }

  private Keyspace fromSnapshot(long revision) throws IOException {
    Path path = directory.snapshot(revision);
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
      List<Entry> entries = new ArrayList<>();
      Batches.readAll(path, file).forEach(record -> entries.add(record.entry(atRest)));
      return new Keyspace(clock, revision, entries);
    } catch (IllegalArgumentException e) {
      throw new CorruptStorageException(path, 0, e.getMessage());
    }
  }

  /** Applies a log and answers where its last whole batch ends. */
  private long replay(Path path, Keyspace keyspace, boolean last) throws IOException {
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
      long offset = 0;
      while (true) {
        switch (Batches.read(file, offset)) {
          case Batches.Found.Whole whole -> {
            whole.records().forEach(record -> apply(record, keyspace));
            offset = whole.next();
          }
          case Batches.Found.Nothing ignored -> {
            if (Batches.anyAfter(file, offset)) {
              throw new CorruptStorageException(path, offset, "a batch is missing in the middle");
            }
            return offset;
          }
          case Batches.Found.Broken broken -> {
            if (!last || Batches.anyAfter(file, offset)) {
              throw new CorruptStorageException(path, offset, broken.what());
            }
            setAside(path, file, offset, broken.what());
            return offset;
          }
        }
      }
    } catch (IllegalArgumentException e) {
      throw new CorruptStorageException(path, 0, e.getMessage());
    }
  }

  private void setAside(Path path, FileChannel file, long offset, String what) throws IOException {
    long end = Batches.end(file, offset);
    Path copy = directory.keep(path, offset, end);
    LOG.warn("The log {} ends in {} bytes that are no whole batch ({}): a crash while writing; they are kept in {}", path, end - offset,
        what, copy);
  }

  private void apply(LogRecord record, Keyspace keyspace) {
    if (record.revision() <= keyspace.revision()) {
      return;
    }
    Entry before = keyspace.current().get(record.key()).orElse(null);
    keyspace.apply(new Change(record.revision(), before, record.isDeletion() ? null : record.entry(atRest)));
  }
}
