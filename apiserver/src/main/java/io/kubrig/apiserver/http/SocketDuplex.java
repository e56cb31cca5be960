package io.kubrig.apiserver.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A connection that has left HTTP, as two blocking streams. Bounded both ways: reading from the socket stops while {@link #HIGH} bytes wait
 * here; a writer waits while that many are on their way. The end of the client's direction is the end of {@link #input} and leaves
 * {@link #output} open.
 */
final class SocketDuplex extends ChannelInboundHandlerAdapter implements Exchange.Duplex {
  private static final int HIGH = 256 * 1024;

  private final Channel channel;
  private final Runnable closed;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition readable = lock.newCondition();
  private final Condition writable = lock.newCondition();
  private final ArrayDeque<byte[]> received = new ArrayDeque<>();
  private int receivedBytes;
  private long sending;
  private volatile Duration patience = Duration.ofDays(365);
  private boolean inputEnded;
  private boolean gone;

  /** @param closed runs when the connection is over */
  SocketDuplex(Channel channel, Runnable closed) {
    this.channel = channel;
    this.closed = closed;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!(message instanceof ByteBuf bytes)) {
      ReferenceCountUtil.release(message);
      return;
    }
    byte[] copy = ByteBufUtil.getBytes(bytes);
    bytes.release();
    if (copy.length == 0) {
      return;
    }
    lock.lock();
    try {
      received.add(copy);
      receivedBytes += copy.length;
      if (receivedBytes > HIGH) {
        channel.config().setAutoRead(false);
      }
      readable.signal();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent || event instanceof SslCloseCompletionEvent) {
      end(false);
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    end(true);
    closed.run();
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }

  private void end(boolean wholly) {
    lock.lock();
    try {
      inputEnded = true;
      gone |= wholly;
      readable.signalAll();
      writable.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public InputStream input() {
    return new InputStream() {
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
          byte[] next = await();
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
    };
  }

  private byte[] await() throws IOException {
    lock.lock();
    try {
      while (received.isEmpty() && !inputEnded) {
        readable.await();
      }
      byte[] chunk = received.poll();
      if (chunk != null) {
        receivedBytes -= chunk.length;
        if (receivedBytes <= HIGH / 2 && !channel.config().isAutoRead()) {
          channel.config().setAutoRead(true);
        }
      }
      return chunk;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while reading", e);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public OutputStream output() {
    return new OutputStream() {
      @Override
      public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        send(bytes, offset, length);
      }

      @Override
      public void close() {
        SocketDuplex.this.close();
      }
    };
  }

  @Override
  public void patience(Duration limit) {
    patience = limit;
  }

  private void send(byte[] bytes, int offset, int length) throws IOException {
    lock.lock();
    try {
      for (long left = patience.toNanos(); sending > HIGH && !gone; left = writable.awaitNanos(left)) {
        if (left <= 0) {
          throw new IOException("the client does not read what it is sent");
        }
      }
      if (gone) {
        throw new IOException("the client has gone away");
      }
      sending += length;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while writing", e);
    } finally {
      lock.unlock();
    }
    channel.writeAndFlush(Unpooled.copiedBuffer(bytes, offset, length)).addListener(result -> sent(length));
  }

  private void sent(int length) {
    lock.lock();
    try {
      sending -= length;
      writable.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(result -> channel.close());
  }
}
