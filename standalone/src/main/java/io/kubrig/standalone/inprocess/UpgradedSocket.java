package io.kubrig.standalone.inprocess;

import io.fabric8.kubernetes.client.http.WebSocket;
import io.kubrig.apiserver.http.Exchange;
import io.kubrig.apiserver.http.Headers;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.Semaphore;

/**
 * The client's end of a WebSocket that the server took over from HTTP: real frames over two pipes. Messages are handed over one by one,
 * each when the listener has asked for it. (Source: RFC 6455; masks, which protect proxies, are zero.)
 */
final class UpgradedSocket implements WebSocket {
  private static final String KEY = Base64.getEncoder().encodeToString(new byte[16]); // nothing lies between that could cache an answer
  private static final int CONTINUATION = 0;
  private static final int TEXT = 1;
  private static final int BINARY = 2;
  private static final int CLOSE = 8;
  private static final int PING = 9;
  private static final int PONG = 10;
  private static final int LAST = 0x80;
  private static final int MASKED = 0x80;
  private static final int NO_STATUS = 1005;
  private static final int ABNORMAL = 1006;

  private final WebSocket.Listener listener;
  private final BytePipe up = new BytePipe();
  private final BytePipe down = new BytePipe();
  private final Semaphore wanted = new Semaphore(1);
  private volatile boolean closeSent;
  private volatile Runnable onClose = () -> {};

  UpgradedSocket(WebSocket.Listener listener) {
    this.listener = listener;
  }

  /** The headers of a request that asks for a WebSocket. */
  static Headers asking(Headers headers, String subprotocol) {
    headers.add("Connection", "Upgrade").add("Upgrade", "websocket").add("Sec-WebSocket-Version", "13").add("Sec-WebSocket-Key", KEY);
    return subprotocol == null ? headers : headers.add("Sec-WebSocket-Protocol", subprotocol);
  }

  /** Calls an action once when the connection is over for the client. */
  void onClose(Runnable action) {
    onClose = action;
  }

  /** The server's end. */
  Exchange.Duplex server() {
    return new Exchange.Duplex() {
      @Override
      public InputStream input() {
        return up.input();
      }

      @Override
      public OutputStream output() {
        return down.output();
      }

      @Override
      public void close() {
        down.end();
        up.abandon();
      }
    };
  }

  /**
   * The server has agreed: tells the listener and reads from now on.
   *
   * @param told runs when the listener has heard of it, before the first message
   */
  void opened(Runnable told) {
    listener.onOpen(this);
    told.run();
    Thread.ofVirtual().name("in-process socket").start(this::read);
  }

  private void read() {
    try (DataInputStream in = new DataInputStream(down.input())) {
      ByteArrayOutputStream message = new ByteArrayOutputStream();
      boolean text = false;
      while (true) {
        int first = in.readUnsignedByte();
        int opcode = first & 0x0f;
        byte[] payload = payload(in);
        switch (opcode) {
          case CLOSE -> {
            closed(payload);
            return;
          }
          case PING -> up.offer(frame(PONG, payload));
          case PONG -> { }
          default -> {
            text = opcode == CONTINUATION ? text : opcode == TEXT;
            message.write(payload);
            if ((first & LAST) != 0) {
              deliver(message.toByteArray(), text);
              message.reset();
            }
          }
        }
      }
    } catch (EOFException e) {
      listener.onClose(this, ABNORMAL, "");
    } catch (IOException e) {
      listener.onError(this, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void closed(byte[] payload) {
    sendClose(1000, "");
    boolean stated = payload.length >= 2;
    int code = stated ? ((payload[0] & 0xff) << 8) | (payload[1] & 0xff) : NO_STATUS;
    listener.onClose(this, code, stated ? new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8) : "");
  }

  private void deliver(byte[] message, boolean text) throws InterruptedException {
    wanted.acquire();
    if (text) {
      listener.onMessage(this, new String(message, StandardCharsets.UTF_8));
    } else {
      listener.onMessage(this, ByteBuffer.wrap(message));
    }
  }

  private static byte[] payload(DataInputStream in) throws IOException {
    long length = in.readUnsignedByte();
    if (length == 126) {
      length = in.readUnsignedShort();
    } else if (length == 127) {
      length = in.readLong();
    }
    byte[] payload = new byte[Math.toIntExact(length)];
    in.readFully(payload);
    return payload;
  }

  private static byte[] frame(int opcode, byte[] payload) {
    ByteArrayOutputStream frame = new ByteArrayOutputStream(payload.length + 14);
    frame.write(LAST | opcode);
    int bytes = payload.length < 126 ? 0 : payload.length <= 0xffff ? 2 : 8;
    frame.write(MASKED | (bytes == 0 ? payload.length : bytes == 2 ? 126 : 127));
    for (int i = bytes - 1; i >= 0; i--) {
      frame.write(i >= Integer.BYTES ? 0 : payload.length >>> (8 * i));
    }
    frame.writeBytes(new byte[4]);
    frame.writeBytes(payload);
    return frame.toByteArray();
  }

  @Override
  public boolean send(ByteBuffer buffer) {
    byte[] payload = new byte[buffer.remaining()];
    buffer.get(payload);
    return !closeSent && up.offer(frame(BINARY, payload));
  }

  @Override
  public synchronized boolean sendClose(int code, String reason) {
    if (closeSent) {
      return false;
    }
    closeSent = true;
    byte[] text = reason == null ? new byte[0] : reason.getBytes(StandardCharsets.UTF_8);
    byte[] payload = new byte[2 + Math.min(text.length, 123)];
    payload[0] = (byte) (code >> 8);
    payload[1] = (byte) code;
    System.arraycopy(text, 0, payload, 2, payload.length - 2);
    boolean sent = up.offer(frame(CLOSE, payload));
    up.end();
    onClose.run();
    return sent;
  }

  /** The server's side has broken off without a farewell. */
  void brokenOff() {
    down.end();
  }

  @Override
  public long queueSize() {
    return up.waitingBytes();
  }

  @Override
  public void request() {
    wanted.release();
  }
}
