package io.kubrig.scheduler.tracing;

import io.kubrig.machinery.clock.Clock;
import io.kubrig.scheduler.api.SerialWriter;
import io.kubrig.scheduler.config.ExtensionPoint;
import io.kubrig.scheduler.framework.Code;
import io.kubrig.scheduler.model.Pod;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;

/**
 * A span {@value #NAME} for each attempt, with one below it for each extension point. Attributes are named as OpenTelemetry's conventions
 * name pods and nodes. An attempt that is not sampled is not followed at all.
 */
public final class SpanTracing implements AttemptTracing {
  static final String NAME = "Scheduling";
  static final AttributeKey<String> POD = AttributeKey.stringKey("k8s.pod.name");
  static final AttributeKey<String> NAMESPACE = AttributeKey.stringKey("k8s.namespace.name");
  static final AttributeKey<String> UID = AttributeKey.stringKey("k8s.pod.uid");
  static final AttributeKey<String> NODE = AttributeKey.stringKey("k8s.node.name");
  static final AttributeKey<String> PROFILE = AttributeKey.stringKey("scheduler.profile");
  static final AttributeKey<Long> ATTEMPT = AttributeKey.longKey("scheduler.attempt");
  static final AttributeKey<String> RESULT = AttributeKey.stringKey("scheduler.result");
  static final AttributeKey<String> MESSAGE = AttributeKey.stringKey("scheduler.message");
  static final AttributeKey<String> STATUS = AttributeKey.stringKey("scheduler.status");

  private final Tracer tracer;
  private final Clock clock;

  /** Spans are made by the tracer and go by the clock. */
  public SpanTracing(Tracer tracer, Clock clock) {
    this.tracer = tracer;
    this.clock = clock;
  }

  @Override
  public AttemptSpan begin(Pod pod, String profile, int attempt) {
    Times times = Times.from(clock);
    Span span = tracer.spanBuilder(NAME).setNoParent().setStartTimestamp(times.began()).setAttribute(POD, pod.name())
        .setAttribute(NAMESPACE, pod.namespace()).setAttribute(UID, pod.uid()).setAttribute(PROFILE, profile)
        .setAttribute(ATTEMPT, (long) attempt).startSpan();
    return span.isRecording() ? new Followed(span, times) : AttemptSpan.NONE;
  }

  @Override
  public SerialWriter.Task carry(SerialWriter.Task task) {
    Context context = Context.current();
    if (context == Context.root()) {
      return task;
    }
    return () -> {
      try (Scope working = context.makeCurrent()) {
        task.run();
      }
    };
  }

  private final class Followed implements AttemptSpan {
    private final Span span;
    private final Context context;
    private final Times times;

    Followed(Span span, Times times) {
      this.span = span;
      this.context = Context.root().with(span).with(times);
      this.times = times;
    }

    @Override
    public Work work() {
      Scope working = context.makeCurrent();
      return working::close;
    }

    @Override
    public void ran(ExtensionPoint point, Code outcome, long startNanos, long endNanos) {
      tracer.spanBuilder(point.label()).setParent(context).setStartTimestamp(times.at(startNanos)).setAttribute(STATUS, outcome.toString())
          .startSpan().end(times.at(endNanos));
    }

    @Override
    public void chose(String node) {
      span.setAttribute(NODE, node);
    }

    @Override
    public void end(String result, String message) {
      span.setAttribute(RESULT, result);
      if (!message.isEmpty()) {
        span.setAttribute(MESSAGE, message);
      }
      if (result.equals("error")) {
        span.setStatus(StatusCode.ERROR, message);
      }
      span.end(times.now());
    }
  }
}
