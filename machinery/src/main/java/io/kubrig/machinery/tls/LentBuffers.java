package io.kubrig.machinery.tls;

import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.conscrypt.AllocatedBuffer;
import org.conscrypt.BufferAllocator;

/**
 * Direct buffers that BoringSSL's engines share. An engine whose caller's buffers are in the heap needs one for as long as a call lasts,
 * and would otherwise keep 16 KiB of its own that only a collection of garbage gives back.
 *
 * <p>Not for Conscrypt's sockets, which keep a buffer for longer than a call and may look at it once more when they are closed. Any thread
 * may borrow and return. What is returned when there are enough is left to the collection, as is what is never returned.
 */
final class LentBuffers extends BufferAllocator {
  /** What the largest record of TLS takes, and a little more. */
  private static final int ROOM_BYTES = 17 * 1024;

  private final BlockingQueue<ByteBuffer> free;

  /** @param kept how many buffers are kept when nobody needs them */
  LentBuffers(int kept) {
    free = new ArrayBlockingQueue<>(kept);
  }

  @Override
  public AllocatedBuffer allocateDirectBuffer(int bytes) {
    if (bytes > ROOM_BYTES) {
      return AllocatedBuffer.wrap(ByteBuffer.allocateDirect(bytes));
    }
    ByteBuffer known = free.poll();
    return new Lent(known == null ? ByteBuffer.allocateDirect(ROOM_BYTES) : known);
  }

  /** A buffer until it is returned, which counts once. */
  private final class Lent extends AllocatedBuffer {
    private final AtomicReference<ByteBuffer> buffer;

    Lent(ByteBuffer buffer) {
      this.buffer = new AtomicReference<>(buffer.clear());
    }

    @Override
    public ByteBuffer nioBuffer() {
      return buffer.get();
    }

    @Override
    public AllocatedBuffer release() {
      ByteBuffer returned = buffer.getAndSet(null);
      if (returned != null) {
        free.offer(returned); // nothing is lost when there are enough
      }
      return this;
    }
  }
}
