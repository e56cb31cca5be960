package io.kubrig.apiserver.storage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The files of an embedded storage: {@code snapshot-REVISION} with the whole state at a revision, {@code log-REVISION} with what was
 * written after that revision, {@code lock}. One process has it at a time.
 */
final class DataDirectory implements Closeable {
  private final Path path;
  private final FileChannel lockFile;
  private final Disk disk;

  private DataDirectory(Path path, Disk disk, FileChannel lockFile) {
    this.path = path;
    this.disk = disk;
    this.lockFile = lockFile;
  }

  static DataDirectory open(Path path, Disk disk) throws IOException {
    FileChannel lockFile;
    try {
      Files.createDirectories(path);
      lockFile = FileChannel.open(path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (AccessDeniedException e) {
      throw new IOException("the data directory " + path + " cannot be written: permission denied; choose another with --data-dir", e);
    } catch (FileSystemException e) {
      throw new IOException("the data directory " + path + " cannot be used: " + e.getMessage() + "; choose another with --data-dir", e);
    }
    if (!locked(lockFile)) {
      lockFile.close();
      throw new IOException("the data directory " + path
          + " is in use by another process; stop that one first, or choose another with --data-dir");
    }
    return new DataDirectory(path, disk, lockFile);
  }

  private static boolean locked(FileChannel file) throws IOException {
    try {
      FileLock lock = file.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  Path log(long revision) {
    return path.resolve(String.format("log-%020d", revision));
  }

  Path snapshot(long revision) {
    return path.resolve(String.format("snapshot-%020d", revision));
  }

  /** The revision of the newest snapshot. */
  Optional<Long> newestSnapshot() throws IOException {
    List<Long> all = revisions("snapshot-");
    return all.isEmpty() ? Optional.empty() : Optional.of(all.getLast());
  }

  /** The revisions that log files begin after, in order. */
  List<Long> logs() throws IOException {
    return revisions("log-");
  }

  private List<Long> revisions(String prefix) throws IOException {
    try (Stream<Path> files = Files.list(path)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith(prefix) && name.length() == prefix.length() + 20)
          .map(name -> Long.parseLong(name.substring(prefix.length())))
          .sorted()
          .toList();
    }
  }

  /**
   * A new log for what is written after a revision. When that fails there is none: the last log of a directory is the one that may be torn.
   */
  LogSegment createLog(long revision) throws IOException {
    LogSegment segment = LogSegment.create(disk, log(revision));
    try {
      sync();
      return segment;
    } catch (IOException e) {
      segment.close();
      disk.delete(log(revision));
      throw e;
    }
  }

  /** The log after a revision, to be gone on with behind its last whole batch. */
  LogSegment resumeLog(long revision, long end) throws IOException {
    return LogSegment.resume(disk, log(revision), end);
  }

  /** Writes frames to a file that is fed with them. */
  @FunctionalInterface
  interface Frames {
    void writeTo(SnapshotFrames.Target target) throws IOException;
  }

  /** Writes a state so that it is there whole or not at all. */
  void writeSnapshot(long revision, Frames frames) throws IOException {
    Path draft = path.resolve("draft");
    try (Disk.Writable file = disk.open(draft, false)) {
      file.truncate(0);
      long[] end = new long[1];
      frames.writeTo(
          frame -> {
            int length = frame.remaining();
            file.write(frame, end[0]);
            end[0] += length;
          });
      file.force(true);
    }
    disk.move(draft, snapshot(revision));
    sync();
  }

  /** Deletes what a snapshot has made superfluous. */
  void forgetBefore(long snapshotRevision) throws IOException {
    for (long revision : revisions("snapshot-")) {
      if (revision < snapshotRevision) {
        disk.delete(snapshot(revision));
      }
    }
    for (long revision : logs()) {
      if (revision < snapshotRevision) {
        disk.delete(log(revision));
      }
    }
    sync();
  }

  /** Makes new and removed names durable. */
  void sync() throws IOException {
    disk.sync(path);
  }

  /** Keeps a copy of bytes that are about to be cut off a file. */
  Path keep(Path from, long offset, long end) throws IOException {
    Path copy = path.resolve(from.getFileName() + ".torn-at-" + offset);
    try (FileChannel in = FileChannel.open(from, StandardOpenOption.READ);
        FileChannel out = FileChannel.open(copy, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      Batches.writeFully(out, Batches.readFully(in, offset, (int) (end - offset)), 0);
      out.force(true);
    }
    return copy;
  }

  long sizeInBytes() throws IOException {
    long size = 0;
    try (Stream<Path> files = Files.list(path)) {
      for (Path file : files.toList()) {
        size += Files.isRegularFile(file) ? Files.size(file) : 0;
      }
    }
    return size;
  }

  @Override
  public void close() throws IOException {
    lockFile.close();
  }
}
