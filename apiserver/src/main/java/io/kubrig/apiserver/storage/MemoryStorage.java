package io.kubrig.apiserver.storage;

import io.kubrig.machinery.clock.Clock;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/** Keeps everything in memory and nothing after the process. Acknowledged means visible. */
public final class MemoryStorage implements Storage {
  private static final long FIRST_REVISION = 1;

  private final Keyspace keyspace;
  private final ReentrantLock writing = new ReentrantLock();

  public MemoryStorage(Clock clock) {
    this.keyspace = new Keyspace(clock, FIRST_REVISION);
  }

  /** A storage that begins with a state of another one. Nothing is copied: the state is immutable and shared until it is written to. */
  public MemoryStorage(Clock clock, Snapshot state) {
    this.keyspace = new Keyspace(clock, state);
  }

  @Override
  public Keyspace keyspace() {
    return keyspace;
  }

  @Override
  public Outcome commit(Write write) throws InterruptedException {
    writing.lockInterruptibly();
    try {
      Optional<Entry> current = keyspace.current().get(write.key());
      if (current.map(Entry::modified).orElse(0L) != write.expected()) {
        return new Outcome.Conflict(current);
      }
      Change change = Commit.change(write, current, keyspace.revision() + 1);
      keyspace.apply(change);
      return new Outcome.Committed(Objects.requireNonNullElse(change.after(), change.before()), change.revision());
    } finally {
      writing.unlock();
    }
  }

  @Override
  public void compact(long revision) {
    keyspace.compact(revision);
  }

  @Override
  public void backup(OutputStream out) throws IOException {
    Backup.write(keyspace.current(), AtRest.PLAIN, out);
  }

  @Override
  public void close() {}
}
