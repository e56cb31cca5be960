package io.kubrig.apiserver.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/**
 * The way of one answer from the handler's thread to the wire.
 *
 * <p>Invariants: the handler's thread only queues and waits; the event loop alone touches the channel. What is queued and not yet taken by
 * the socket is counted in {@code pending}; a writer waits while it is above {@link #HIGH}. Everything queued between two turns of the
 * event loop goes out with one flush.
 */
final class Answers {
  /** Bytes that may wait for a client before its writer does. */
  static final int HIGH = 64 * 1024;

  private static final Object END = new Object();

  /** What an HTTP version does with the pieces of an answer; called on the event loop only. */
  interface Wire {
    void execute(Runnable task);

    ChannelFuture head(int status, Headers headers, boolean last);

    ChannelFuture data(ByteBuf data, boolean last);

    void flush();

    /** The answer is complete on the wire, or can no longer be. */
    void done(boolean complete);
  }

  /** A client that takes nothing of its answer for too long. */
  static final class StalledClientException extends IOException {
    private static final long serialVersionUID = 1;

    StalledClientException() {
      super("the client does not read its answer");
    }
  }

  private record Head(int status, Headers headers, boolean last) {}

  private record Piece(byte[] bytes, int offset, int length, boolean last) {}

  private final Wire wire;
  private final ConcurrentLinkedQueue<Object> queue = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final AtomicLong pending = new AtomicLong();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition drained = lock.newCondition();
  private volatile boolean closed;

  Answers(Wire wire) {
    this.wire = wire;
  }

  boolean closed() {
    return closed;
  }

  /** The client is gone: waiting writers fail, later ones too. */
  void close() {
    closed = true;
    wake();
  }

  void head(int status, Headers headers, boolean last) throws IOException {
    put(new Head(status, headers, last));
  }

  /** Queues a piece and waits while too much is on its way. */
  void write(byte[] bytes, int offset, int length, boolean last, Duration patience) throws IOException {
    pending.addAndGet(length);
    put(new Piece(bytes, offset, length, last));
    if (pending.get() > HIGH) {
      awaitRoom(patience);
    }
  }

  void end() throws IOException {
    put(END);
  }

  private void put(Object item) throws IOException {
    if (closed) {
      throw new IOException("the client has gone away");
    }
    queue.add(item);
    if (scheduled.compareAndSet(false, true)) {
      wire.execute(this::drain);
    }
  }

  private void awaitRoom(Duration patience) throws IOException {
    long remaining = patience.toNanos();
    lock.lock();
    try {
      while (pending.get() > HIGH && !closed) {
        if (remaining <= 0) {
          throw new StalledClientException();
        }
        remaining = drained.awaitNanos(remaining);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while writing", e);
    } finally {
      lock.unlock();
    }
    if (pending.get() > HIGH) {
      throw new IOException("the client has gone away");
    }
  }

  private void drain() {
    scheduled.set(false);
    boolean any = false;
    for (Object item = queue.poll(); item != null; item = queue.poll()) {
      if (closed) {
        continue;
      }
      any = true;
      send(item);
    }
    if (any) {
      wire.flush();
    }
  }

  private void send(Object item) {
    switch (item) {
      case Head head -> {
        ChannelFuture sent = wire.head(head.status, head.headers, head.last);
        if (head.last) {
          sent.addListener(result -> wire.done(result.isSuccess()));
        }
      }
      case Piece piece -> {
        ByteBuf data = Unpooled.wrappedBuffer(piece.bytes, piece.offset, piece.length);
        wire.data(data, piece.last).addListener(
            result -> {
              if (pending.addAndGet(-piece.length) <= HIGH / 2) {
                wake();
              }
              if (piece.last) {
                wire.done(result.isSuccess());
              }
            });
      }
      default -> wire.data(Unpooled.EMPTY_BUFFER, true).addListener(result -> wire.done(result.isSuccess()));
    }
  }

  private void wake() {
    lock.lock();
    try {
      drained.signalAll();
    } finally {
      lock.unlock();
    }
  }

  // ---- what every answer carries -------------------------------------------------------------------------------------

  private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH);

  private record Stamp(long second, String text) {}

  private static volatile Stamp stamp = new Stamp(-1, "");

  /** The Date header's value, made once a second. */
  static String date() {
    long second = TimeUnit.MILLISECONDS.toSeconds(System.currentTimeMillis());
    Stamp known = stamp;
    if (known.second != second) {
      ZonedDateTime time = ZonedDateTime.ofInstant(Instant.ofEpochSecond(second), ZoneOffset.UTC);
      known = new Stamp(second, HTTP_DATE.format(time));
      stamp = known;
    }
    return known.text;
  }

  /** Whether a client takes gzip (source: apiserver/pkg/endpoints/handlers/responsewriters). */
  static boolean takesGzip(Headers request) {
    for (String field : request.all("Accept-Encoding")) {
      for (String encoding : field.split(",")) {
        if (encoding.strip().equals("gzip") || encoding.strip().startsWith("gzip;")) {
          return true;
        }
      }
    }
    return false;
  }

  static byte[] gzip(byte[] body) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream(body.length / 4);
    try (OutputStream gzip = gzip(out)) {
      gzip.write(body);
    }
    return out.toByteArray();
  }

  /** Compresses what goes to a stream, fast rather than well. */
  static OutputStream gzip(OutputStream out) throws IOException {
    return new GZIPOutputStream(out, 32 * 1024) {
      {
        def.setLevel(Deflater.BEST_SPEED);
      }
    };
  }
}
