package io.kubrig.apiserver.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/**
 * A real directory behind a disk that fills up, fails to sync, or loses power at a given operation. What was not made durable by then is
 * lost, kept or torn, at random, each write and each name by itself.
 */
final class SimulatedDisk implements Disk {
  private static final int SECTOR = 512;

  private final Random random;
  private final Deque<Undo> unsynced = new ArrayDeque<>(); // newest first
  private long operationsLeft;
  private long bytesLeft = Long.MAX_VALUE;
  private boolean syncFails;
  private boolean dead;

  /** How to lose something that was not durable; answers nothing. */
  private record Undo(Path file, boolean isName, Loss loss) {}

  private interface Loss {
    void apply() throws IOException;
  }

  /** @param operations until the power goes */
  SimulatedDisk(Random random, long operations) {
    this.random = random;
    this.operationsLeft = operations;
  }

  synchronized void fillUpAfter(long bytes) {
    bytesLeft = bytes;
  }

  synchronized void failSyncs() {
    syncFails = true;
  }

  synchronized boolean isDead() {
    return dead;
  }

  /** The power goes now, unless it already has; then what was not durable is lost. */
  synchronized void loseUnsynced() throws IOException {
    dead = true;
    for (Undo undo : unsynced) {
      if (random.nextBoolean()) {
        undo.loss.apply();
      }
    }
    unsynced.clear();
  }

  private void step() throws IOException {
    if (!dead && operationsLeft-- <= 0) {
      dead = true;
    }
    if (dead) {
      throw new IOException("the power is gone");
    }
  }

  @Override
  public synchronized Writable open(Path path, boolean fresh) throws IOException {
    step();
    boolean there = Files.exists(path);
    Writable file = Disk.REAL.open(path, fresh);
    if (!there) {
      unsynced.push(new Undo(path.getParent(), true, () -> Files.deleteIfExists(path)));
    }
    return new SimulatedFile(path, file);
  }

  @Override
  public synchronized void move(Path from, Path to) throws IOException {
    step();
    Disk.REAL.move(from, to);
    unsynced.push(new Undo(to.getParent(), true, () -> Files.move(to, from, StandardCopyOption.REPLACE_EXISTING)));
  }

  @Override
  public synchronized void delete(Path path) throws IOException {
    step();
    if (Files.exists(path)) {
      Path aside = path.resolveSibling("deleted-" + path.getFileName());
      Files.move(path, aside, StandardCopyOption.REPLACE_EXISTING);
      unsynced.push(new Undo(path.getParent(), true, () -> Files.move(aside, path)));
    }
  }

  @Override
  public synchronized void sync(Path directory) throws IOException {
    step();
    unsynced.removeIf(undo -> undo.isName && undo.file.equals(directory));
  }

  private final class SimulatedFile implements Writable {
    private final Path path;
    private final Writable file;

    SimulatedFile(Path path, Writable file) {
      this.path = path;
      this.file = file;
    }

    @Override
    public void write(ByteBuffer bytes, long at) throws IOException {
      synchronized (SimulatedDisk.this) {
        boolean alive = !dead && operationsLeft > 0;
        int length = bytes.remaining();
        int written = alive ? (int) Math.min(length, bytesLeft) : dead ? 0 : random.nextInt(length + 1);
        remember(at, written);
        file.write(bytes.slice(bytes.position(), written), at);
        bytesLeft -= written;
        step();
        if (written < length) {
          throw new IOException("No space left on device");
        }
        bytes.position(bytes.limit());
      }
    }

    /** Keeps what a write replaces, sector by sector, so that any of it can be lost. */
    private void remember(long at, int length) throws IOException {
      try (FileChannel before = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        long size = before.size();
        for (long from = at; from < at + length; ) {
          long to = Math.min(at + length, from + SECTOR - from % SECTOR);
          if (from >= size) {
            to = at + length; // what comes behind the end goes in one piece, as a size does
            long end = from;
            unsynced.push(new Undo(path, false, () -> cut(end)));
          } else {
            byte[] old = Batches.readFully(before, from, (int) (Math.min(to, size) - from)).array();
            long place = from;
            unsynced.push(new Undo(path, false, () -> put(old, place)));
          }
          from = to;
        }
      }
    }

    private void cut(long size) throws IOException {
      if (Files.exists(path) && Files.size(path) > size) {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
          channel.truncate(size);
        }
      }
    }

    private void put(byte[] old, long at) throws IOException {
      if (Files.exists(path) && Files.size(path) >= at + old.length) {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
          channel.write(ByteBuffer.wrap(old), at);
        }
      }
    }

    @Override
    public void truncate(long size) throws IOException {
      synchronized (SimulatedDisk.this) {
        step();
        file.truncate(size);
      }
    }

    @Override
    public void force(boolean size) throws IOException {
      synchronized (SimulatedDisk.this) {
        step();
        if (syncFails) {
          throw new IOException("Input/output error");
        }
        List<Undo> durable = new ArrayList<>();
        unsynced.forEach(
            undo -> {
              if (!undo.isName && undo.file.equals(path)) {
                durable.add(undo);
              }
            });
        unsynced.removeAll(durable);
      }
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
