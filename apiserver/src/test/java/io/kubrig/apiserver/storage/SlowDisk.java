package io.kubrig.apiserver.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/** The disk of this machine, but that everything takes its time, and now and then a long one. */
final class SlowDisk implements Disk {
  private static final long LONG_NANOS = 30_000_000;

  private final Random random;

  SlowDisk(Random random) {
    this.random = random;
  }

  private void linger() {
    long nanos;
    synchronized (random) {
      nanos = random.nextInt(50) == 0 ? LONG_NANOS : random.nextInt(1_000_000);
    }
    LockSupport.parkNanos(nanos);
  }

  @Override
  public Writable open(Path path, boolean fresh) throws IOException {
    linger();
    Writable file = Disk.REAL.open(path, fresh);
    return new Writable() {
      @Override
      public void write(ByteBuffer bytes, long at) throws IOException {
        linger();
        file.write(bytes, at);
      }

      @Override
      public void truncate(long size) throws IOException {
        linger();
        file.truncate(size);
      }

      @Override
      public void force(boolean size) throws IOException {
        linger();
        file.force(size);
      }

      @Override
      public void close() throws IOException {
        file.close();
      }
    };
  }

  @Override
  public void move(Path from, Path to) throws IOException {
    linger();
    Disk.REAL.move(from, to);
  }

  @Override
  public void delete(Path path) throws IOException {
    linger();
    Disk.REAL.delete(path);
  }

  @Override
  public void sync(Path directory) throws IOException {
    linger();
    Disk.REAL.sync(directory);
  }
}
