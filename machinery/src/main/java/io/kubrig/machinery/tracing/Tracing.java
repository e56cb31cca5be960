package io.kubrig.machinery.tracing;

import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.opentelemetry.api.baggage.propagation.W3CBaggagePropagator;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/** The way of a component's spans to a collector, and of its traces to whom it asks. Closing it sends what has not been sent. */
public final class Tracing implements AutoCloseable {
  private static final TextMapPropagator PROPAGATOR =
      TextMapPropagator.composite(W3CTraceContextPropagator.getInstance(), W3CBaggagePropagator.getInstance());
  private static final double MILLION = 1e6;
  private static final long CLOSE_WITHIN_SECONDS = 2;

  private final SdkTracerProvider provider;

  private Tracing(SdkTracerProvider provider) {
    this.provider = provider;
  }

  /** Sends spans of a component to the collector of a configuration, in batches; one that cannot be reached holds nothing up. */
  public static Tracing start(TracingConfiguration configuration, String component) {
    return with(configuration, component, BatchSpanProcessor.builder(
        OtlpGrpcSpanExporter.builder().setEndpoint("http://" + configuration.authority()).build()).build());
  }

  /** The same with another way for the spans. */
  public static Tracing with(TracingConfiguration configuration, String component, SpanProcessor processor) {
    int rate = configuration.samplingRatePerMillion();
    Sampler own = rate > 0 ? Sampler.traceIdRatioBased(rate / MILLION) : Sampler.alwaysOff();
    return new Tracing(SdkTracerProvider.builder().setSampler(Sampler.parentBased(own)).addSpanProcessor(processor)
        .setResource(Resource.getDefault().toBuilder().put(AttributeKey.stringKey("service.name"), component).build()).build());
  }

  /** Makes spans. {@code scope} names the code that does. */
  public Tracer tracer(String scope) {
    return provider.get(scope);
  }

  /** Puts the calling thread's trace, if it has one, into the headers of a request. */
  public static void inject(BiConsumer<String, String> headers) {
    PROPAGATOR.inject(Context.current(), headers, (to, name, value) -> to.accept(name, value));
  }

  /** Puts the trace of the thread that asks into each request of a client. */
  public static Interceptor headers() {
    return new Interceptor() {
      @Override
      public void before(BasicBuilder request, HttpRequest original, RequestTags tags) {
        inject(request::setHeader);
      }
    };
  }

  @Override
  public void close() {
    provider.shutdown().join(CLOSE_WITHIN_SECONDS, TimeUnit.SECONDS);
  }
}
