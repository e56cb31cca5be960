package io.kubrig.machinery.tls;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/** Two ends of a connection whose bytes go through memory. */
record EnginePair(SSLEngine client, SSLEngine server, ByteBuffer toServer, ByteBuffer toClient) {
  private static final int ROOM = 40_000;
  private static final int MOST_STEPS = 60;

  EnginePair(SSLEngine client, SSLEngine server) {
    this(client, server, ByteBuffer.allocateDirect(ROOM), ByteBuffer.allocateDirect(ROOM));
  }

  void shakeHands() throws SSLException {
    client.beginHandshake();
    server.beginHandshake();
    for (int i = 0; i < MOST_STEPS; i++) {
      step(client, toClient, toServer);
      step(server, toServer, toClient);
      if (isQuiet(client) && isQuiet(server) && toServer.position() == 0 && toClient.position() == 0) {
        return;
      }
    }
    throw new AssertionError("no end: " + client.getHandshakeStatus() + ", " + server.getHandshakeStatus());
  }

  private static boolean isQuiet(SSLEngine engine) {
    return engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING;
  }

  private static void step(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws SSLException {
    Runnable task = engine.getDelegatedTask();
    while (task != null) {
      task.run();
      task = engine.getDelegatedTask();
    }
    if (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
      engine.wrap(ByteBuffer.allocate(0), out);
      return;
    }
    in.flip();
    if (in.hasRemaining()) {
      engine.unwrap(in, ByteBuffer.allocate(ROOM));
    }
    in.compact();
  }

  /** What the server reads of a text that the client sends. */
  String send(String text) throws SSLException {
    client.wrap(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), toServer);
    toServer.flip();
    ByteBuffer read = ByteBuffer.allocate(ROOM);
    SSLEngineResult result = server.unwrap(toServer, read);
    if (result.bytesProduced() == 0) {
      throw new AssertionError("nothing was read: " + result);
    }
    toServer.compact();
    return StandardCharsets.UTF_8.decode(read.flip()).toString();
  }

  void free() {
    TlsImplementation.free(client);
    TlsImplementation.free(server);
  }
}
