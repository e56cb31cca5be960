package io.kubrig.scheduler.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCalls;
import io.kubrig.machinery.tracing.Tracing;
import io.kubrig.machinery.tracing.TracingConfiguration;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Spans on their real way: OTLP over gRPC. */
final class CollectorTest {
  private static final String SERVICE = "opentelemetry.proto.collector.trace.v1.TraceService";

  private static final MethodDescriptor.Marshaller<byte[]> BYTES = new MethodDescriptor.Marshaller<>() {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  };

  @Test
  void spans_reach_a_collector() throws Exception {
    LinkedBlockingQueue<String> received = new LinkedBlockingQueue<>();
    MethodDescriptor<byte[], byte[]> export = MethodDescriptor.newBuilder(BYTES, BYTES).setType(MethodDescriptor.MethodType.UNARY)
        .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, "Export")).build();
    Server collector = Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
        .addService(ServerServiceDefinition.builder(SERVICE).addMethod(export, ServerCalls.asyncUnaryCall((request, answer) -> {
          received.add(new String(request, StandardCharsets.UTF_8));
          answer.onNext(new byte[0]);
          answer.onCompleted();
        })).build()).build().start();
    try {
      try (Tracing tracing = Tracing.start(new TracingConfiguration("dns:///localhost:" + collector.getPort(), 1_000_000),
          "kube-scheduler")) {
        tracing.tracer("test").spanBuilder("a certain span").startSpan().end();
      } // closing sends
      assertThat(received.poll(10, TimeUnit.SECONDS)).contains("a certain span", "kube-scheduler");
    } finally {
      collector.shutdownNow();
    }
  }
}
