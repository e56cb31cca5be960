package io.kubrig.apiserver.http;

import io.kubrig.apiserver.status.ApiException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;

/**
 * The bytes of a request between the event loop that receives them and the handler that waits for them. The peer is told to send more only
 * as bytes are taken, so that what is held here is bounded by one receive window.
 */
final class RequestBody {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<byte[]> chunks = new ArrayDeque<>();
  private final IntConsumer taken;
  private boolean ended;
  private boolean abandoned;
  private IOException failure;

  /** @param taken told how many bytes were taken, on the taker's thread */
  RequestBody(IntConsumer taken) {
    this.taken = taken;
  }

  void offer(byte[] chunk) {
    lock.lock();
    try {
      if (!abandoned) {
        chunks.add(chunk);
        changed.signal();
        return;
      }
    } finally {
      lock.unlock();
    }
    taken.accept(chunk.length);
  }

  void end() {
    lock.lock();
    try {
      ended = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  void fail(IOException cause) {
    lock.lock();
    try {
      if (!ended && failure == null) {
        failure = cause;
        changed.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  boolean ended() {
    lock.lock();
    try {
      return ended;
    } finally {
      lock.unlock();
    }
  }

  /** Nobody will read any more: what is here and what comes is dropped. */
  void abandon() {
    int dropped = 0;
    lock.lock();
    try {
      abandoned = true;
      for (byte[] chunk : chunks) {
        dropped += chunk.length;
      }
      chunks.clear();
    } finally {
      lock.unlock();
    }
    if (dropped > 0) {
      taken.accept(dropped);
    }
  }

  /** Everything up to the end. */
  byte[] readAll(int limit, Duration timeout) throws IOException {
    List<byte[]> parts = new ArrayList<>();
    int length = 0;
    long remaining = timeout.toNanos();
    while (true) {
      byte[] chunk;
      lock.lock();
      try {
        while (chunks.isEmpty() && !ended && failure == null) {
          if (remaining <= 0) {
            throw ApiException.timeout("request did not complete within the allotted timeout");
          }
          remaining = changed.awaitNanos(remaining);
        }
        if (failure != null) {
          throw failure;
        }
        chunk = chunks.poll();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while reading the request", e);
      } finally {
        lock.unlock();
      }
      if (chunk == null) {
        return joined(parts, length);
      }
      taken.accept(chunk.length);
      if ((long) length + chunk.length > limit) {
        throw tooLarge(limit);
      }
      length += chunk.length;
      parts.add(chunk);
    }
  }

  static ApiException tooLarge(int limit) {
    return ApiException.tooLarge("Request entity too large: limit is " + limit);
  }

  private static byte[] joined(List<byte[]> parts, int length) {
    if (parts.size() == 1) {
      return parts.getFirst();
    }
    byte[] whole = new byte[length];
    int at = 0;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, whole, at, part.length);
      at += part.length;
    }
    return whole;
  }
}
