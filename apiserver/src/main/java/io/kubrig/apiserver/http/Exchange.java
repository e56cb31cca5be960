package io.kubrig.apiserver.http;

import io.kubrig.apiserver.status.ApiException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;

/**
 * One request and the means to answer it, whatever carries it: a socket (HTTP/1.1, HTTP/2) or a call within the process. Handled by one
 * virtual thread; every method may block. Exactly one of {@link #respond}, {@link #stream} and {@link #upgrade} is called, once.
 */
public interface Exchange {

  /** Upper case. */
  String method();

  /** The path as sent, without the query, still percent-encoded. */
  String rawPath();

  /** The query as sent, without the question mark; "" when there is none. */
  String rawQuery();

  Headers headers();

  InetSocketAddress remoteAddress();

  /** HTTP/1.1 or HTTP/2.0, as native writes it. */
  String protocol();

  /** The certificates that the client proved to own in the handshake, leaf first, not verified yet; empty without any. */
  List<X509Certificate> clientCertificates();

  /**
   * Reads the whole body.
   *
   * @param limit in bytes
   * @throws ApiException 413 when the body is longer than the limit
   */
  byte[] body(int limit) throws IOException;

  /** Answers with a whole body. */
  void respond(int status, Headers headers, byte[] body) throws IOException;

  /** Answers with a body that is written while it is sent, so that it need not be in memory as a whole. */
  default void respond(int status, Headers headers, LargeBody body) throws IOException {
    ByteArrayOutputStream whole = new ByteArrayOutputStream(Math.toIntExact(body.length()));
    body.writeTo(whole);
    respond(status, headers, whole.toByteArray());
  }

  /** A body of known length that is not put together before it is sent. */
  interface LargeBody {
    long length();

    /** Writes exactly as many bytes. */
    void writeTo(OutputStream out) throws IOException;
  }

  /** Begins an answer of unknown length. */
  ResponseStream stream(int status, Headers headers) throws IOException;

  /**
   * Leaves HTTP/1.1: answers 101 with these headers and hands over the connection's bytes in both directions. Only for HTTP/1.1 requests
   * that asked for it (see {@link #canUpgrade}); the handler writes WebSocket frames or SPDY itself or copies bytes from a backend.
   */
  Duplex upgrade(Headers headers) throws IOException;

  /** Whether {@link #upgrade} is possible on this transport. */
  boolean canUpgrade();

  /** Runs once when the client goes away or the answer is complete, whichever is first; at once when that already happened. */
  void onClose(Runnable action);

  /** The answer's body, written piece by piece. */
  interface ResponseStream extends AutoCloseable {
    /** Writes and flushes; blocks while the client does not read. The array must not be changed afterwards. */
    void write(byte[] bytes, int offset, int length) throws IOException;

    default void write(byte[] bytes) throws IOException {
      write(bytes, 0, bytes.length);
    }

    /** As {@link #write(byte[], int, int)}, but fails when the client has not read enough for so long. */
    default void write(byte[] bytes, int offset, int length, Duration patience) throws IOException {
      write(bytes, offset, length);
    }

    /** Ends the body in order. */
    @Override
    void close() throws IOException;
  }

  /** The two directions of a connection that has left HTTP. */
  interface Duplex extends AutoCloseable {
    InputStream input();

    /** Unbuffered: each write goes out. */
    OutputStream output();

    /** How long a write may wait for the other side to read; for ever unless this is said. Later it fails. */
    default void patience(Duration patience) {}

    @Override
    void close() throws IOException;
  }
}
