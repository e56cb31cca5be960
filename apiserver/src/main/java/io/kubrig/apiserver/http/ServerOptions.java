package io.kubrig.apiserver.http;

import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * Limits and addresses of the socket front. The defaults are those of the native server.
 *
 * @param address where to listen; port 0 takes a free one
 * @param ioThreads threads that move bytes; handlers run elsewhere
 * @param maxHeaderBytes of a request's head, URL included
 * @param maxStreams concurrent HTTP/2 streams of one connection
 * @param initialWindow HTTP/2 receive window of a stream, in bytes
 * @param maxFrame largest HTTP/2 frame accepted, in bytes
 * @param handshakeTimeout for TLS; natively that of a head
 * @param headerTimeout from accepting a connection to the end of its first request's head
 * @param idleTimeout of a connection without requests
 * @param bodyTimeout for reading one request's body
 * @param stallTimeout for a whole answer that the client does not take
 * @param gzipFrom whole answers of at least this many bytes are compressed when the client accepts it
 */
public record ServerOptions(
    InetSocketAddress address,
    int ioThreads,
    int maxHeaderBytes,
    int maxStreams,
    int initialWindow,
    int maxFrame,
    Duration handshakeTimeout,
    Duration headerTimeout,
    Duration idleTimeout,
    Duration bodyTimeout,
    Duration stallTimeout,
    int gzipFrom) {

  /** The native defaults on an address. */
  public static ServerOptions on(InetSocketAddress address) {
    int threads = Math.clamp(Runtime.getRuntime().availableProcessors(), 1, 8);
    return new ServerOptions(
        address,
        threads,
        1 << 20,
        100,
        256 * 1024,
        256 * 1024,
        Duration.ofSeconds(32),
        Duration.ofSeconds(32),
        Duration.ofSeconds(90),
        Duration.ofSeconds(60),
        Duration.ofSeconds(60),
        128 * 1024);
  }

  public ServerOptions withMaxStreams(int streams) {
    return new ServerOptions(address, ioThreads, maxHeaderBytes, streams, initialWindow, maxFrame, handshakeTimeout, headerTimeout,
        idleTimeout, bodyTimeout, stallTimeout, gzipFrom);
  }

  /** The same with other deadlines, for tests that cannot wait for the native ones. */
  public ServerOptions withTimeouts(Duration handshake, Duration header, Duration idle, Duration body, Duration stall) {
    return new ServerOptions(address, ioThreads, maxHeaderBytes, maxStreams, initialWindow, maxFrame, handshake, header, idle, body, stall,
        gzipFrom);
  }
}
