package io.kubrig.apiserver.storage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * One file of the log, written from beginning to end. Space is allocated ahead, so that making a batch durable does not have to change the file's
 * size as well.
 */
final class LogSegment implements Closeable {
  private static final int AHEAD = 4 << 20;

  private final Path path;
  private final FileChannel file;
  private long end;
  private long allocated;

  private LogSegment(Path path, FileChannel file, long end, long allocated) {
    this.path = path;
    this.file = file;
    this.end = end;
    this.allocated = allocated;
  }

  static LogSegment create(Path path) throws IOException {
    FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
    return new LogSegment(path, file, 0, 0);
  }

  /** Goes on behind the last whole batch of a segment. */
  static LogSegment resume(Path path, long end) throws IOException {
    FileChannel file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
    file.truncate(end);
    file.force(true);
    return new LogSegment(path, file, end, end);
  }

  Path path() {
    return path;
  }

  long end() {
    return end;
  }

  /**
   * Appends a batch and makes it durable.
   *
   * @throws NotWritten when nothing of it remains in the file
   * @throws IOException when that cannot be said
   */
  void append(ByteBuffer batch) throws IOException {
    int length = batch.remaining();
    try {
      reserve(length);
      Batches.writeFully(file, batch, end);
    } catch (IOException e) {
      takeBack(e);
    }
    file.force(false);
    end += length;
  }

  /** A batch that could not be written and is not in the file. */
  static final class NotWritten extends IOException {
    NotWritten(IOException cause) {
      super(cause.getMessage(), cause);
    }
  }

  private void takeBack(IOException cause) throws IOException {
    try {
      file.truncate(end);
      file.force(true);
      allocated = end;
    } catch (IOException e) {
      cause.addSuppressed(e);
      throw cause;
    }
    throw new NotWritten(cause);
  }

  private void reserve(int length) throws IOException {
    if (end + length <= allocated) {
      return;
    }
    int ahead = Math.max(AHEAD, length);
    Batches.writeFully(file, ByteBuffer.allocate(ahead), allocated);
    allocated += ahead;
    file.force(true);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
