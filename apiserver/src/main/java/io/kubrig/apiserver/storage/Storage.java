package io.kubrig.apiserver.storage;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** Orders writes, makes them durable, and feeds the {@link Keyspace} that is read from. */
public interface Storage extends AutoCloseable {

  /** The state that reads and watches are served from; it holds a write before {@link #commit} answers. */
  Keyspace keyspace();

  /**
   * Carries out a write if the key is at the expected revision, and answers when it is durable and visible.
   *
   * @throws IOException when the storage cannot write; whether the write took effect is then unknown unless the subclass says otherwise
   */
  Outcome commit(Write write) throws IOException, InterruptedException;

  /**
   * The newest revision that any writer has been acknowledged, for a consistent read. Where this process is the only writer that is the
   * keyspace's own.
   */
  default long latest() throws IOException {
    return keyspace().revision();
  }

  /** Forgets the past before a revision, in memory and where it is kept. */
  void compact(long revision) throws IOException;

  /** Whether entries whose time is over go without being deleted. */
  default boolean expiresByItself() {
    return false;
  }

  /**
   * Writes the current state as a {@link Backup}. Nothing waits for it.
   *
   * @throws IOException when the stream does, or where the storage has tools of its own for that
   */
  default void backup(OutputStream out) throws IOException {
    throw new IOException("this storage is backed up with its own tools");
  }

  /** Names and states of what can be wrong, for readyz; empty when all is well. */
  default List<String> troubles() {
    return List.of();
  }

  /** Bytes that the data takes where it is kept; 0 for memory. */
  default long sizeInBytes() {
    return 0;
  }

  @Override
  void close() throws IOException;
}
