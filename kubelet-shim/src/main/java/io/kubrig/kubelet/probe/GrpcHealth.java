package io.kubrig.kubelet.probe;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Asks a server whether it is well. Source: the gRPC health checking protocol, {@code grpc.health.v1.Health/Check}. */
final class GrpcHealth {
  private static final String[] NAMES = {"UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"};
  private static final MethodDescriptor<String, Integer> CHECK =
      MethodDescriptor.<String, Integer>newBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName("grpc.health.v1.Health/Check")
          .setRequestMarshaller(new ServiceName())
          .setResponseMarshaller(new ServingStatus())
          .build();

  private GrpcHealth() {}

  static ProbeOutcome check(String host, int port, String service, Duration timeout) {
    EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(new InetSocketAddress(host, port)).channelType(NioSocketChannel.class).eventLoopGroup(group)
            .userAgent("kube-probe/1.36").usePlaintext().build();
    try {
      int status = ClientCalls.blockingUnaryCall(channel, CHECK,
          CallOptions.DEFAULT.withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS), service);
      String name = status >= 0 && status < NAMES.length ? NAMES[status] : Integer.toString(status);
      return status == 1 ? ProbeOutcome.success("service healthy")
          : ProbeOutcome.failure("service unhealthy (responded with \"" + name + "\")");
    } catch (StatusRuntimeException e) {
      String address = host + ":" + port;
      return switch (e.getStatus().getCode()) {
        case UNIMPLEMENTED -> ProbeOutcome.failure("error: this server does not implement the grpc health protocol "
            + "(grpc.health.v1.Health): " + e.getStatus().getDescription());
        case DEADLINE_EXCEEDED ->
            ProbeOutcome.failure("timeout: health rpc did not complete within " + io.kubrig.machinery.duration.GoDuration.format(timeout));
        case UNAVAILABLE -> ProbeOutcome.failure("error: failed to connect service \"" + address + "\": " + e.getStatus().getDescription());
        default -> ProbeOutcome.failure("error: health rpc probe failed: " + e.getStatus());
      };
    } finally {
      channel.shutdownNow();
      group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  /** HealthCheckRequest: field 1, the service's name. */
  private static final class ServiceName implements MethodDescriptor.Marshaller<String> {
    @Override
    public InputStream stream(String service) {
      try {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.writeString(1, service);
        out.flush();
        return new ByteArrayInputStream(bytes.toByteArray());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public String parse(InputStream stream) {
      throw new IllegalStateException("a request is only written here");
    }
  }

  /** HealthCheckResponse: field 1, the status. */
  private static final class ServingStatus implements MethodDescriptor.Marshaller<Integer> {
    @Override
    public InputStream stream(Integer status) {
      throw new IllegalStateException("a response is only read here");
    }

    @Override
    public Integer parse(InputStream stream) {
      try {
        CodedInputStream in = CodedInputStream.newInstance(stream);
        int status = 0;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
          if (tag >>> 3 == 1) {
            status = in.readEnum();
          } else {
            in.skipField(tag);
          }
        }
        return status;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
