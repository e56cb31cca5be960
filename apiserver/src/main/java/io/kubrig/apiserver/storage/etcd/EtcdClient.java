package io.kubrig.apiserver.storage.etcd;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.CompactionRequest;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.LeaseGrantRequest;
import io.etcd.jetcd.api.LeaseGrpc;
import io.etcd.jetcd.api.MaintenanceGrpc;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.StatusRequest;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.kubrig.apiserver.proxy.BackendTls;
import io.kubrig.machinery.pki.PemFiles;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.IdentityCipherSuiteFilter;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.net.URI;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import javax.net.ssl.SSLContext;

/**
 * Calls to the members of one etcd cluster. Reads go to the next member when one does not answer; writes are never repeated, because a
 * write that was not answered may have happened. Safe for concurrent use.
 */
final class EtcdClient implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(30);

  private static final ApplicationProtocolConfig HTTP2 = new ApplicationProtocolConfig(Protocol.ALPN,
      SelectorFailureBehavior.NO_ADVERTISE, SelectedListenerFailureBehavior.ACCEPT, ApplicationProtocolNames.HTTP_2);

  private final List<ManagedChannel> channels = new ArrayList<>();
  private final AtomicInteger current = new AtomicInteger();

  /**
   * @throws IOException when keys or certificates cannot be read
   */
  EtcdClient(EtcdSettings settings) throws IOException {
    Executor threads = Executors.newVirtualThreadPerTaskExecutor();
    for (URI server : settings.servers()) {
      NettyChannelBuilder builder =
          NettyChannelBuilder.forAddress(server.getHost(), server.getPort())
              .executor(threads)
              .maxInboundMessageSize(Integer.MAX_VALUE)
              .keepAliveTime(KEEP_ALIVE.toSeconds(), TimeUnit.SECONDS)
              .keepAliveTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
              .disableRetry();
      channels.add((server.getScheme().equals("https") ? builder.sslContext(tls(settings)) : builder.usePlaintext()).build());
    }
  }

  private static SslContext tls(EtcdSettings settings) throws IOException {
    List<X509Certificate> chain = settings.certificate().isPresent() ? PemFiles.certificates(settings.certificate().get()) : List.of();
    PrivateKey key = settings.certificate().isPresent() ? PemFiles.privateKey(settings.key().orElseThrow()) : null;
    if (settings.authority().isEmpty()) {
      SslContextBuilder builder = GrpcSslContexts.forClient();
      return (key == null ? builder : builder.keyManager(key, chain.toArray(X509Certificate[]::new))).build();
    }
    List<X509Certificate> authorities = PemFiles.certificates(settings.authority().get());
    if (authorities.isEmpty()) {
      throw new IOException("no certificate is in " + settings.authority().get());
    }
    SSLContext context = BackendTls.context(key, chain, authorities);
    return new JdkSslContext(context, true, null, IdentityCipherSuiteFilter.INSTANCE, HTTP2, ClientAuth.NONE, null, false);
  }

  /** The member in use: a watch is opened on it. */
  ManagedChannel channel() {
    return channels.get(current.get());
  }

  /** Turns away from a member that did not answer, unless somebody else did. */
  void leave(ManagedChannel failed) {
    int index = channels.indexOf(failed);
    current.compareAndSet(index, (index + 1) % channels.size());
  }

  /** A read of the newest state that a majority agrees on. */
  RangeResponse range(RangeRequest request, Duration patience) throws IOException {
    return read(channel -> KVGrpc.newBlockingStub(channel).withDeadlineAfter(patience).range(request));
  }

  RangeResponse range(RangeRequest request) throws IOException {
    return range(request, PATIENCE);
  }

  /** How a transaction ended that has no answer. */
  static final class UnknownOutcomeException extends IOException {
    UnknownOutcomeException(String message) {
      super(message);
    }
  }

  /**
   * @throws UnknownOutcomeException when nobody can say whether the transaction was carried out
   * @throws IOException when it was refused
   */
  TxnResponse transact(TxnRequest request) throws IOException {
    ManagedChannel channel = channel();
    try {
      return KVGrpc.newBlockingStub(channel).withDeadlineAfter(PATIENCE).txn(request);
    } catch (StatusRuntimeException e) {
      if (!isSilence(e.getStatus())) {
        throw new IOException(message(e.getStatus()), e);
      }
      leave(channel);
      throw new UnknownOutcomeException(message(e.getStatus()));
    }
  }

  /** A new lease. */
  long lease(long seconds) throws IOException {
    return read(
        channel -> LeaseGrpc.newBlockingStub(channel).withDeadlineAfter(PATIENCE)
            .leaseGrant(LeaseGrantRequest.newBuilder().setTTL(seconds).build()).getID());
  }

  void compact(long revision) throws IOException {
    read(
        channel ->
            KVGrpc.newBlockingStub(channel).withDeadlineAfter(PATIENCE)
                .compact(CompactionRequest.newBuilder().setRevision(revision).build()));
  }

  /** Bytes of the member's database. */
  long size() throws IOException {
    return read(channel -> MaintenanceGrpc.newBlockingStub(channel).withDeadlineAfter(PATIENCE).status(StatusRequest.getDefaultInstance())
        .getDbSize());
  }

  /** Carries out what may be carried out twice, on the first member that answers. */
  private <T> T read(Function<ManagedChannel, T> call) throws IOException {
    StatusRuntimeException last = null;
    for (int attempt = 0; attempt < channels.size(); attempt++) {
      ManagedChannel channel = channel();
      try {
        return call.apply(channel);
      } catch (StatusRuntimeException e) {
        if (!isSilence(e.getStatus())) {
          throw new IOException(message(e.getStatus()), e);
        }
        leave(channel);
        last = e;
      }
    }
    throw new IOException(message(last.getStatus()), last);
  }

  /** Whether a member did not answer, as opposed to refusing. */
  private static boolean isSilence(Status status) {
    return switch (status.getCode()) {
      case UNAVAILABLE, DEADLINE_EXCEEDED, UNKNOWN, INTERNAL, CANCELLED -> true;
      default -> false;
    };
  }

  static String message(Status status) {
    String description = status.getDescription() == null ? status.getCode().toString() : status.getDescription();
    Throwable cause = status.getCause();
    return cause == null || cause.getMessage() == null ? description : description + ": " + cause.getMessage();
  }

  static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }

  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdownNow);
  }
}
