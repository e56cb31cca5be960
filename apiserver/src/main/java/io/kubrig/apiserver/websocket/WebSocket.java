package io.kubrig.apiserver.websocket;

import io.kubrig.apiserver.http.Exchange;
import io.kubrig.apiserver.http.Headers;
import io.kubrig.apiserver.status.ApiException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One WebSocket connection. One thread reads; any thread may send, whole messages at a time. Pings are answered and fragments joined while
 * reading. (Source: RFC 6455.)
 */
public final class WebSocket implements AutoCloseable {
  /** Normal closure. */
  public static final int NORMAL = 1000;
  private static final int PROTOCOL_ERROR = 1002;
  private static final int TOO_BIG = 1009;
  private static final int MAX_CONTROL = 125;
  private static final String KEY_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private static final int CONTINUATION = 0;
  private static final int TEXT = 1;
  private static final int BINARY = 2;
  private static final int CLOSE = 8;
  private static final int PING = 9;
  private static final int PONG = 10;

  private final Exchange.Duplex duplex;
  private final DataInputStream in;
  private final OutputStream out;
  private final String protocol;
  private final int maxMessage;
  private final ReentrantLock sending = new ReentrantLock();
  private boolean closeSent;

  private WebSocket(Exchange.Duplex duplex, String protocol, int maxMessage) {
    this.duplex = duplex;
    this.in = new DataInputStream(new BufferedInputStream(duplex.input()));
    this.out = duplex.output();
    this.protocol = protocol;
    this.maxMessage = maxMessage;
  }

  /** A whole message. */
  public record Message(boolean text, byte[] bytes) {}

  /** Whether the client asks to leave HTTP for a WebSocket. */
  public static boolean isWanted(Exchange exchange) {
    return exchange.headers().value("Upgrade").equalsIgnoreCase("websocket")
        && String.join(",", exchange.headers().all("Connection")).toLowerCase(Locale.ROOT).contains("upgrade");
  }

  /** The subprotocols that the client offers, in its order. */
  public static List<String> offeredProtocols(Exchange exchange) {
    List<String> offered = new ArrayList<>();
    for (String header : exchange.headers().all("Sec-WebSocket-Protocol")) {
      Arrays.stream(header.split(",")).map(String::strip).filter(name -> !name.isEmpty()).forEach(offered::add);
    }
    return offered;
  }

  /**
   * Accepts the connection.
   *
   * @param protocol one of the offered ones, "" for none
   * @param maxMessage the longest message taken. Unit: bytes
   * @throws ApiException 400 when the handshake is not one of version 13, or the transport cannot leave HTTP
   */
  public static WebSocket accept(Exchange exchange, String protocol, int maxMessage) throws IOException {
    String key = exchange.headers().value("Sec-WebSocket-Key");
    if (!exchange.headers().value("Sec-WebSocket-Version").equals("13") || key.isEmpty() || !exchange.canUpgrade()) {
      throw ApiException.badRequest("not a WebSocket handshake of version 13");
    }
    Headers headers = Headers.of("Upgrade", "websocket", "Connection", "Upgrade", "Sec-WebSocket-Accept", acceptKey(key));
    if (!protocol.isEmpty()) {
      headers.add("Sec-WebSocket-Protocol", protocol);
    }
    return new WebSocket(exchange.upgrade(headers), protocol, maxMessage);
  }

  private static String acceptKey(String key) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-1").digest((key + KEY_SUFFIX).getBytes(StandardCharsets.US_ASCII));
      return Base64.getEncoder().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** How long a message may wait for the client to read; for ever unless this is said. Later sending fails. */
  public void patience(Duration patience) {
    duplex.patience(patience);
  }

  /** The subprotocol that was agreed, "" for none. */
  public String protocol() {
    return protocol;
  }

  // ---- reading -------------------------------------------------------------------------------------------------------

  /** Waits for the next message; empty when the client has closed the connection. */
  public Optional<Message> receive() throws IOException {
    ByteArrayOutputStream parts = new ByteArrayOutputStream();
    boolean text = false;
    boolean begun = false;
    while (true) {
      int first;
      try {
        first = in.readUnsignedByte();
      } catch (EOFException e) {
        return Optional.empty();
      }
      int opcode = first & 0x0f;
      boolean last = (first & 0x80) != 0;
      checkFrame(first, opcode, last, begun);
      byte[] payload = payload(opcode >= CLOSE ? MAX_CONTROL : maxMessage - parts.size());
      switch (opcode) {
        case CLOSE -> {
          sendClose(payload.length >= 2 ? ((payload[0] & 0xff) << 8) | (payload[1] & 0xff) : NORMAL, "");
          return Optional.empty();
        }
        case PING -> send(PONG, payload, 0, payload.length);
        case PONG -> { }
        case TEXT, BINARY, CONTINUATION -> {
          text = opcode == CONTINUATION ? text : opcode == TEXT;
          begun = true;
          parts.write(payload);
          if (last) {
            return Optional.of(new Message(text, parts.toByteArray()));
          }
        }
        default -> throw refuse(PROTOCOL_ERROR, "unknown opcode " + opcode);
      }
    }
  }

  /** What the first byte of a frame says; {@code begun} tells whether a message has begun and not ended. */
  private void checkFrame(int first, int opcode, boolean last, boolean begun) throws IOException {
    boolean data = opcode == TEXT || opcode == BINARY;
    if ((first & 0x70) != 0) {
      throw refuse(PROTOCOL_ERROR, "reserved bits are set");
    }
    if (opcode >= CLOSE && !last) {
      throw refuse(PROTOCOL_ERROR, "a control frame is fragmented");
    }
    if (data && begun || opcode == CONTINUATION && !begun) {
      throw refuse(PROTOCOL_ERROR, "fragments out of order");
    }
  }

  private byte[] payload(int most) throws IOException {
    int second = in.readUnsignedByte();
    if ((second & 0x80) == 0) {
      throw refuse(PROTOCOL_ERROR, "a client's frames must be masked");
    }
    long length = second & 0x7f;
    if (length == 126) {
      length = in.readUnsignedShort();
    } else if (length == 127) {
      length = in.readLong();
    }
    if (length < 0 || length > most) {
      throw refuse(TOO_BIG, "frame too big");
    }
    byte[] mask = in.readNBytes(4);
    byte[] bytes = in.readNBytes((int) length);
    if (mask.length < 4 || bytes.length < length) {
      throw new EOFException("the connection ended within a frame");
    }
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] ^= mask[i & 3];
    }
    return bytes;
  }

  private IOException refuse(int code, String why) throws IOException {
    sendClose(code, why);
    return new IOException(why);
  }

  // ---- sending -------------------------------------------------------------------------------------------------------

  public void sendText(byte[] utf8, int offset, int length) throws IOException {
    send(TEXT, utf8, offset, length);
  }

  public void sendBinary(byte[] bytes, int offset, int length) throws IOException {
    send(BINARY, bytes, offset, length);
  }

  private void send(int opcode, byte[] bytes, int offset, int length) throws IOException {
    byte[] head = head(opcode, length);
    byte[] frame = Arrays.copyOf(head, head.length + length);
    System.arraycopy(bytes, offset, frame, head.length, length);
    sending.lock();
    try {
      out.write(frame);
    } finally {
      sending.unlock();
    }
  }

  private static byte[] head(int opcode, int length) {
    byte first = (byte) (0x80 | opcode);
    if (length < 126) {
      return new byte[] {first, (byte) length};
    }
    if (length <= 0xffff) {
      return new byte[] {first, 126, (byte) (length >> 8), (byte) length};
    }
    return new byte[] {first, 127, 0, 0, 0, 0, (byte) (length >> 24), (byte) (length >> 16), (byte) (length >> 8), (byte) length};
  }

  /** Says goodbye, once. */
  public void sendClose(int code, String reason) throws IOException {
    sending.lock();
    try {
      if (closeSent) {
        return;
      }
      closeSent = true;
    } finally {
      sending.unlock();
    }
    byte[] text = reason.getBytes(StandardCharsets.UTF_8);
    byte[] payload = new byte[2 + Math.min(text.length, 123)];
    payload[0] = (byte) (code >> 8);
    payload[1] = (byte) code;
    System.arraycopy(text, 0, payload, 2, payload.length - 2);
    send(CLOSE, payload, 0, payload.length);
  }

  @Override
  public void close() throws IOException {
    try {
      sendClose(NORMAL, "");
    } finally {
      duplex.close();
    }
  }
}
