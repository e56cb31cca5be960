package io.kubrig.apiserver.encryption;

import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A key management service that wraps keys by turning their bits over; on a Unix socket, where it is asked to be. */
final class FakeKms implements KmsPlugin {
  final AtomicInteger encryptions = new AtomicInteger();
  final AtomicInteger decryptions = new AtomicInteger();
  volatile String healthz = "ok";
  volatile String keyId = "key-1";
  volatile boolean broken;

  @Override
  public KmsPlugin.Status status() throws IOException {
    fail();
    return new KmsPlugin.Status("v2", healthz, keyId);
  }

  @Override
  public Wrapped encrypt(byte[] plaintext, String uid) throws IOException {
    fail();
    encryptions.incrementAndGet();
    return new Wrapped(keyId, turned(plaintext), Map.of("fake.example.com", keyId.getBytes(StandardCharsets.UTF_8)));
  }

  @Override
  public byte[] decrypt(Wrapped wrapped, String uid) throws IOException {
    fail();
    decryptions.incrementAndGet();
    if (!wrapped.keyId().equals(new String(wrapped.annotations().get("fake.example.com"), StandardCharsets.UTF_8))) {
      throw new IOException("annotations of another key");
    }
    return turned(wrapped.ciphertext());
  }

  private void fail() throws IOException {
    if (broken) {
      throw new IOException("rpc error: code = Unavailable desc = broken");
    }
  }

  private static byte[] turned(byte[] bytes) {
    byte[] turned = bytes.clone();
    for (int i = 0; i < turned.length; i++) {
      turned[i] ^= (byte) 0xFF;
    }
    return turned;
  }

  @Override
  public void close() {}

  // ---- behind a socket -----------------------------------------------------------------------------------------------

  /** Serves until it is closed. */
  AutoCloseable serve(Path socket) throws IOException {
    EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    ServerServiceDefinition service =
        ServerServiceDefinition.builder("v2.KeyManagementService")
            .addMethod(method("Status"), ServerCalls.asyncUnaryCall((request, answer) -> reply(answer, () -> {
              KmsPlugin.Status status = status();
              return new KmsMessages.Writer().text(1, status.version()).text(2, status.healthz()).text(3, status.keyId()).done();
            })))
            .addMethod(method("Encrypt"), ServerCalls.asyncUnaryCall((request, answer) -> reply(answer, () -> {
              KmsMessages.Fields fields = KmsMessages.read(request, 0);
              Wrapped wrapped = encrypt(fields.bytes(1), fields.text(2));
              return new KmsMessages.Writer().bytes(1, wrapped.ciphertext()).text(2, wrapped.keyId()).map(3, wrapped.annotations()).done();
            })))
            .addMethod(method("Decrypt"), ServerCalls.asyncUnaryCall((request, answer) -> reply(answer, () -> {
              KmsMessages.Fields fields = KmsMessages.read(request, 4);
              byte[] plain = decrypt(new Wrapped(fields.text(3), fields.bytes(1), fields.map(4)), fields.text(2));
              return new KmsMessages.Writer().bytes(1, plain).done();
            })))
            .build();
    Server server =
        NettyServerBuilder.forAddress(UnixDomainSocketAddress.of(socket))
            .channelFactory(NioServerDomainSocketChannel::new)
            .bossEventLoopGroup(group)
            .workerEventLoopGroup(group)
            .addService(service)
            .build()
            .start();
    return () -> {
      server.shutdownNow().awaitTermination();
      group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    };
  }

  private static MethodDescriptor<byte[], byte[]> method(String name) {
    return MethodDescriptor.newBuilder(new KmsSocket.Raw(), new KmsSocket.Raw())
        .setType(MethodDescriptor.MethodType.UNARY).setFullMethodName("v2.KeyManagementService/" + name).build();
  }

  private interface Reply {
    byte[] make() throws IOException;
  }

  private static void reply(StreamObserver<byte[]> answer, Reply reply) {
    try {
      answer.onNext(reply.make());
      answer.onCompleted();
    } catch (IOException e) {
      answer.onError(new StatusRuntimeException(io.grpc.Status.INTERNAL.withDescription(e.getMessage())));
    }
  }
}
