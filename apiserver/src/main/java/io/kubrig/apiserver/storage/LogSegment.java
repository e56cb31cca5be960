package io.kubrig.apiserver.storage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * One file of the log, written from beginning to end. Space is allocated ahead, so that making a batch durable does not have to change the
 * file's size as well.
 */
final class LogSegment implements Closeable {
  private static final int AHEAD = 4 << 20;

  private final Path path;
  private final Disk.Writable file;
  private long end;
  private long allocated;

  private LogSegment(Path path, Disk.Writable file, long end, long allocated) {
    this.path = path;
    this.file = file;
    this.end = end;
    this.allocated = allocated;
  }

  static LogSegment create(Disk disk, Path path) throws IOException {
    return new LogSegment(path, disk.open(path, true), 0, 0);
  }

  /** Goes on behind the last whole batch of a segment. */
  static LogSegment resume(Disk disk, Path path, long end) throws IOException {
    Disk.Writable file = disk.open(path, false);
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
      file.write(batch, end);
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
    file.write(ByteBuffer.allocate(ahead), allocated);
    allocated += ahead;
    file.force(true);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
