package io.kubrig.standalone.inprocess;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Bytes on their way from one thread to another. What is written before the end can be read; a writer waits while a reader leaves too much
 * lying about.
 */
public final class BytePipe {
  private static final int HIGH = 256 * 1024;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // guarded by the lock
  private final ArrayDeque<byte[]> waiting = new ArrayDeque<>();
  private long waitingBytes;
  private boolean ended;
  private boolean abandoned;

  /** The reader's end. Closing it lets writers fail. */
  public InputStream input() {
    return new Input();
  }

  /** The writer's end. Each write arrives as it is; closing is the end of the stream. */
  public OutputStream output() {
    return new Output();
  }

  /** How many bytes have been written and not been read. */
  public long waitingBytes() {
    lock.lock();
    try {
      return waitingBytes;
    } finally {
      lock.unlock();
    }
  }

  /** Adds bytes without waiting for the reader; answers whether somebody will read them. */
  boolean offer(byte[] bytes) {
    lock.lock();
    try {
      if (ended || abandoned) {
        return false;
      }
      add(bytes);
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void add(byte[] bytes) {
    if (bytes.length > 0) {
      waiting.add(bytes);
      waitingBytes += bytes.length;
      changed.signalAll();
    }
  }

  private void write(byte[] bytes) throws IOException {
    lock.lock();
    try {
      while (waitingBytes > HIGH && !ended && !abandoned) {
        changed.await();
      }
      if (ended || abandoned) {
        throw new IOException("the other side has gone away");
      }
      add(bytes);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while writing", e);
    } finally {
      lock.unlock();
    }
  }

  private byte[] next() throws IOException {
    lock.lock();
    try {
      while (waiting.isEmpty() && !ended && !abandoned) {
        changed.await();
      }
      byte[] next = abandoned ? null : waiting.poll();
      waitingBytes -= next == null ? 0 : next.length;
      changed.signalAll();
      return next;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while reading", e);
    } finally {
      lock.unlock();
    }
  }

  /** Nothing more is written; what has been is still read. */
  public void end() {
    lock.lock();
    try {
      ended = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Nobody reads any more. */
  public void abandon() {
    lock.lock();
    try {
      abandoned = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private final class Input extends InputStream {
    private byte[] chunk = new byte[0];
    private int at;

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, into.length);
      if (length == 0) {
        return 0;
      }
      if (at == chunk.length) {
        byte[] next = next();
        if (next == null) {
          return -1;
        }
        chunk = next;
        at = 0;
      }
      int count = Math.min(length, chunk.length - at);
      System.arraycopy(chunk, at, into, offset, count);
      at += count;
      return count;
    }

    @Override
    public int available() {
      return chunk.length - at;
    }

    @Override
    public void close() {
      abandon();
    }
  }

  private final class Output extends OutputStream {
    @Override
    public void write(int one) throws IOException {
      BytePipe.this.write(new byte[] {(byte) one});
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      byte[] copy = new byte[length];
      System.arraycopy(bytes, offset, copy, 0, length);
      BytePipe.this.write(copy);
    }

    @Override
    public void close() {
      end();
    }
  }
}
