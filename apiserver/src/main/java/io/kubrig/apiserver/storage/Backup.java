package io.kubrig.apiserver.storage;

import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * A whole state in one file, taken while the storage goes on, and put back into an empty directory.
 *
 * <p><b>Shape.</b> The checksummed frames of a snapshot between two of one record each: the head carries the state's revision, the end the
 * number of keys. A file that was cut off has no end and is refused, as one with a wrong bit is. Values are as they are at rest: encrypted
 * where the storage encrypts.
 */
public final class Backup {
  /**
   * What a restored state is ahead by of the revision that it was taken at, so that no client takes an old state for a newer one than its
   * own.
   */
  static final long AHEAD = 1_000_000_000L;

  private static final String HEAD = "kubrig backup";
  private static final String END = "kubrig backup end";
  private static final byte[] NOTHING = new byte[0];

  private Backup() {}

  /** What was restored. */
  public record Restored(long revision, long keys) {}

  /** Writes a state to a stream; needs no memory for the whole. */
  static void write(Snapshot state, AtRest atRest, OutputStream out) throws IOException {
    SnapshotFrames.Target target = frame -> out.write(frame.array(), frame.position(), frame.remaining());
    target.write(mark(HEAD, state.revision()));
    SnapshotFrames.write(state, atRest, target);
    target.write(mark(END, state.size()));
  }

  private static ByteBuffer mark(String name, long number) {
    return Batches.frame(List.of(new LogRecord(number, 0, 0, name, NOTHING)));
  }

  /**
   * Puts a backup into a directory that holds no storage yet.
   *
   * @throws CorruptStorageException when the backup is damaged or not complete; the directory then holds no storage
   * @throws IOException when the directory cannot be used or already holds one
   */
  public static Restored restore(Path backup, Path directory) throws IOException {
    try (DataDirectory target = DataDirectory.open(directory, Disk.REAL);
        FileChannel file = FileChannel.open(backup, StandardOpenOption.READ)) {
      if (target.newestSnapshot().isPresent() || !target.logs().isEmpty()) {
        throw new IOException(directory + " holds a storage already; a backup is only restored into an empty directory");
      }
      Reading reading = new Reading(backup, file);
      long revision = reading.head() + AHEAD;
      target.writeSnapshot(revision, frames -> reading.copy(frames));
      return new Restored(revision, reading.keys);
    }
  }

  /** A backup that is read from its beginning to its end. */
  private static final class Reading {
    private final Path path;
    private final FileChannel file;
    private long offset;
    private long keys;

    Reading(Path path, FileChannel file) {
      this.path = path;
      this.file = file;
    }

    long head() throws IOException {
      List<LogRecord> records = next();
      if (records.size() != 1 || !records.getFirst().key().equals(HEAD)) {
        throw new CorruptStorageException(path, 0, "this is no backup of kubrig");
      }
      return records.getFirst().revision();
    }

    void copy(SnapshotFrames.Target target) throws IOException {
      while (true) {
        List<LogRecord> records = next();
        if (records.size() == 1 && records.getFirst().key().equals(END)) {
          if (records.getFirst().revision() != keys) {
            throw new CorruptStorageException(path, offset, "it holds " + keys + " keys instead of " + records.getFirst().revision());
          }
          return;
        }
        keys += records.size();
        target.write(Batches.frame(records));
      }
    }

    private List<LogRecord> next() throws IOException {
      try {
        return switch (Batches.read(file, offset)) {
          case Batches.Found.Whole whole -> {
            offset = whole.next();
            yield whole.records();
          }
          case Batches.Found.Nothing ignored -> throw new CorruptStorageException(path, offset, "the backup is cut off");
          case Batches.Found.Broken broken -> throw new CorruptStorageException(path, offset, broken.what());
        };
      } catch (IllegalArgumentException | EOFException e) {
        throw new CorruptStorageException(path, offset, e.getMessage());
      }
    }
  }
}
