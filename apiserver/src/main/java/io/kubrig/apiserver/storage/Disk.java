package io.kubrig.apiserver.storage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** All that an embedded storage does to its files but read and lock them; tests exchange it to have disks fill up and machines crash. */
interface Disk {

  /** A file that is written at places. */
  interface Writable extends Closeable {
    /** Writes all bytes. */
    void write(ByteBuffer bytes, long at) throws IOException;

    void truncate(long size) throws IOException;

    /**
     * Returns when everything written is durable.
     *
     * @param size whether a change of the file's size is, too
     */
    void force(boolean size) throws IOException;
  }

  /**
   * Opens a file for writing; makes it when it is not there.
   *
   * @param fresh whether it must not be there
   */
  Writable open(Path path, boolean fresh) throws IOException;

  /** Puts a file in the place of another, which is there whole or not at all. */
  void move(Path from, Path to) throws IOException;

  void delete(Path path) throws IOException;

  /** Makes new, moved and deleted names of a directory durable. */
  void sync(Path directory) throws IOException;

  /** The disks of this machine. */
  Disk REAL =
      new Disk() {
        @Override
        public Writable open(Path path, boolean fresh) throws IOException {
          FileChannel file =
              FileChannel.open(path, fresh ? StandardOpenOption.CREATE_NEW
                  : StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
          return new RealFile(file);
        }

        @Override
        public void move(Path from, Path to) throws IOException {
          Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        }

        @Override
        public void delete(Path path) throws IOException {
          Files.deleteIfExists(path);
        }

        @Override
        public void sync(Path directory) throws IOException {
          try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
            names.force(true);
          }
        }
      };

  /** A file of this machine. */
  record RealFile(FileChannel file) implements Writable {
    @Override
    public void write(ByteBuffer bytes, long at) throws IOException {
      long to = at;
      while (bytes.hasRemaining()) {
        to += file.write(bytes, to);
      }
    }

    @Override
    public void truncate(long size) throws IOException {
      file.truncate(size);
    }

    @Override
    public void force(boolean size) throws IOException {
      file.force(size);
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
