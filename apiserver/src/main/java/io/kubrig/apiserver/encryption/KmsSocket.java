package io.kubrig.apiserver.encryption;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.kubrig.machinery.clock.Clock;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A key management service behind gRPC on a Unix socket. */
final class KmsSocket implements KmsPlugin {
  private static final String SERVICE = "v2.KeyManagementService";
  private static final int ANNOTATIONS_OF_ANSWER = 3;
  private static final int ANNOTATIONS_OF_REQUEST = 4;

  private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final ManagedChannel channel;
  private final Duration timeout;
  private final String name;
  private final KmsMetrics metrics;
  private final Clock clock;

  /** Opens no connection yet. */
  KmsSocket(String name, Path socket, Duration timeout, KmsMetrics metrics, Clock clock) {
    this.name = name;
    this.timeout = timeout;
    this.metrics = metrics;
    this.clock = clock;
    this.channel =
        NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(socket))
            .channelFactory(NioDomainSocketChannel::new)
            .eventLoopGroup(group)
            .withOption(ChannelOption.SO_KEEPALIVE, null) // unknown to a Unix socket
            .usePlaintext()
            .overrideAuthority("localhost")
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();
  }

  @Override
  public Status status() throws IOException {
    KmsMessages.Fields answer = KmsMessages.read(call("Status", new byte[0]), 0);
    return new Status(answer.text(1), answer.text(2), answer.text(3));
  }

  @Override
  public Wrapped encrypt(byte[] plaintext, String uid) throws IOException {
    byte[] request = new KmsMessages.Writer().bytes(1, plaintext).text(2, uid).done();
    KmsMessages.Fields answer = KmsMessages.read(call("Encrypt", request), ANNOTATIONS_OF_ANSWER);
    return new Wrapped(answer.text(2), answer.bytes(1), answer.map(ANNOTATIONS_OF_ANSWER));
  }

  @Override
  public byte[] decrypt(Wrapped wrapped, String uid) throws IOException {
    byte[] request =
        new KmsMessages.Writer().bytes(1, wrapped.ciphertext()).text(2, uid).text(3, wrapped.keyId())
            .map(ANNOTATIONS_OF_REQUEST, wrapped.annotations()).done();
    return KmsMessages.read(call("Decrypt", request), 0).bytes(1);
  }

  private byte[] call(String method, byte[] request) throws IOException {
    String path = "/" + SERVICE + "/" + method;
    MethodDescriptor<byte[], byte[]> descriptor =
        MethodDescriptor.newBuilder(new Raw(), new Raw()).setType(MethodDescriptor.MethodType.UNARY).setFullMethodName(path.substring(1))
            .build();
    long start = clock.nanos();
    Code code = Code.OK;
    try {
      CallOptions options = CallOptions.DEFAULT.withWaitForReady().withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS);
      return ClientCalls.blockingUnaryCall(channel, descriptor, options, request);
    } catch (StatusRuntimeException e) {
      code = e.getStatus().getCode();
      throw new IOException("rpc error: code = " + name(code) + " desc = " + e.getStatus().getDescription(), e);
    } finally {
      metrics.called(name, path, name(code), (clock.nanos() - start) / 1e9);
    }
  }

  /** As Go says it: DeadlineExceeded. */
  private static String name(Code code) {
    if (code == Code.OK) {
      return "OK";
    }
    if (code == Code.CANCELLED) {
      return "Canceled";
    }
    StringBuilder text = new StringBuilder();
    for (String word : code.name().split("_")) {
      text.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
    }
    return text.toString();
  }

  /** Messages are read and written elsewhere. */
  static final class Raw implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] message) {
      return new ByteArrayInputStream(message);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Override
  public void close() {
    channel.shutdownNow();
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
