package io.kubrig.scheduler.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.tracing.Tracing;
import io.kubrig.machinery.tracing.TracingConfiguration;
import io.kubrig.scheduler.config.SchedulerConfiguration;
import io.kubrig.scheduler.cycle.Scheduler;
import io.kubrig.scheduler.cycle.ScoreListener;
import io.kubrig.scheduler.cycle.TestScheduler;
import io.kubrig.scheduler.extender.Extender;
import io.kubrig.scheduler.extender.Extenders;
import io.kubrig.scheduler.metrics.SchedulerMetrics;
import io.kubrig.scheduler.plugins.BuiltinPlugins;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class SpanTracingTest {
  private static final int ALL = 1_000_000;
  private final InMemorySpanExporter spans = InMemorySpanExporter.create();
  private Tracing tracing = tracing(ALL);

  private Tracing tracing(int rate) {
    return Tracing.with(new TracingConfiguration("c:1", rate), "kube-scheduler", SimpleSpanProcessor.create(spans));
  }

  @AfterEach
  void close() {
    tracing.close();
  }

  private TestScheduler scheduler(SchedulerConfiguration configuration) {
    Tracer tracer = tracing.tracer("test");
    Clock clock = Clock.system();
    List<Extender> extenders = Extenders.of(configuration).stream().<Extender>map(e -> new TracedExtender(e, tracer)).toList();
    return new TestScheduler(configuration, cluster -> new Scheduler.Parts(new TracedApi(cluster, tracer), clock, new Random(7),
        BuiltinPlugins.registry(configuration), extenders, ScoreListener.NONE, SchedulerMetrics.NONE, "test",
        new SpanTracing(tracer, clock)));
  }

  private List<SpanData> attempts() {
    return spans.getFinishedSpanItems().stream().filter(s -> s.getName().equals(SpanTracing.NAME)).toList();
  }

  private List<String> below(SpanData attempt) {
    return spans.getFinishedSpanItems().stream().filter(s -> s.getParentSpanId().equals(attempt.getSpanId())).map(SpanData::getName)
        .toList();
  }

  @Test
  void an_attempt_that_places_a_pod_is_a_span_with_one_below_it_for_each_extension_point_and_request() throws Exception {
    TestScheduler s = scheduler(SchedulerConfiguration.standard());
    s.node("a", 2);
    s.node("b", 4);
    s.pod("p", 3, "");
    s.untilOn(Map.of("p", "b"));
    s.until(() -> attempts().size() == 1 && spans.getFinishedSpanItems().stream().anyMatch(x -> x.getName().equals("create event")),
        () -> spans.getFinishedSpanItems().toString());
    SpanData attempt = attempts().getFirst();
    assertThat(attempt.getAttributes().asMap()).containsEntry(SpanTracing.POD, "p").containsEntry(SpanTracing.NAMESPACE, "ns")
        .containsEntry(SpanTracing.NODE, "b").containsEntry(SpanTracing.RESULT, "scheduled").containsEntry(SpanTracing.ATTEMPT, 1L)
        .containsEntry(SpanTracing.PROFILE, "default-scheduler");
    assertThat(below(attempt)).containsSubsequence("PreFilter", "Filter", "Reserve", "Permit", "PreBind", "Bind", "PostBind")
        .contains("create pods/binding", "create event");
    assertThat(spans.getFinishedSpanItems()).allMatch(x -> x.getTraceId().equals(attempt.getTraceId()));
    assertThat(spans.getFinishedSpanItems()).allMatch(x -> x.getStartEpochNanos() >= attempt.getStartEpochNanos());
  }

  @Test
  void a_pod_that_fits_nowhere_and_what_is_written_about_it_are_one_trace() throws Exception {
    TestScheduler s = scheduler(SchedulerConfiguration.standard());
    s.node("a", 2);
    s.pod("p", 3, "");
    s.untilMessage("p", "0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1 nodes are available: "
        + "1 Preemption is not helpful for scheduling.");
    s.until(() -> spans.getFinishedSpanItems().stream().anyMatch(x -> x.getName().equals("patch pods/status")), () -> "nothing written");
    SpanData attempt = attempts().getFirst();
    assertThat(attempt.getAttributes().get(SpanTracing.RESULT)).isEqualTo("unschedulable");
    assertThat(attempt.getAttributes().get(SpanTracing.MESSAGE)).startsWith("0/1 nodes are available: 1 Insufficient cpu.");
    assertThat(attempt.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
    assertThat(below(attempt)).contains("PreFilter", "Filter", "PostFilter", "patch pods/status");
    assertThat(Context.current()).as("the thread works for no attempt any more").isSameAs(Context.root());
  }

  @Test
  void an_extender_hears_of_the_trace_and_its_error_is_the_errors_of_the_attempt() throws Exception {
    List<String> heard = new CopyOnWriteArrayList<>();
    HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/filter", exchange -> {
      heard.add(exchange.getRequestHeaders().getFirst("traceparent"));
      byte[] answer = "{\"Error\": \"out of order\"}".getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, answer.length);
      exchange.getResponseBody().write(answer);
      exchange.close();
    });
    server.start();
    try {
      TestScheduler s = scheduler(SchedulerConfiguration.parse("""
          apiVersion: kubescheduler.config.k8s.io/v1
          kind: KubeSchedulerConfiguration
          extenders: [{urlPrefix: "http://127.0.0.1:%d", filterVerb: filter}]
          """.formatted(server.getAddress().getPort())));
      s.node("a", 2);
      s.pod("p", 1, "");
      s.untilMessage("p", "out of order");
      Map<String, SpanData> byName = spans.getFinishedSpanItems().stream()
          .collect(Collectors.toMap(SpanData::getName, x -> x, (a, b) -> a));
      SpanData attempt = byName.get(SpanTracing.NAME);
      SpanData asked = byName.get("extender filter");
      assertThat(heard.getFirst()).isEqualTo("00-" + attempt.getTraceId() + "-" + asked.getSpanId() + "-01");
      assertThat(asked.getParentSpanId()).isEqualTo(attempt.getSpanId());
      assertThat(attempt.getAttributes().get(SpanTracing.RESULT)).isEqualTo("error");
      assertThat(attempt.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    } finally {
      server.stop(0);
    }
  }

  @Test
  void without_a_rate_nothing_is_followed() throws Exception {
    tracing.close();
    tracing = tracing(0);
    TestScheduler s = scheduler(SchedulerConfiguration.standard());
    s.node("a", 2);
    s.pod("p", 1, "");
    s.untilOn(Map.of("p", "a"));
    assertThat(spans.getFinishedSpanItems()).isEmpty();
  }
}
