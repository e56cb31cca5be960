package io.kubrig.scheduler.tracing;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;

/** What is asked of others for an attempt, as spans below it; what is asked for no attempt is not told. An
 * attempt may be over by the time that its event is written. */
final class Calls {
  private static final AttributeKey<String> SERVER = AttributeKey.stringKey("server.address");

  private final Tracer tracer;

  Calls(Tracer tracer) {
    this.tracer = tracer;
  }

  /** A call with an answer and perhaps an error of its kind. */
  interface Call<T, E extends Exception> {
    T ask() throws E;
  }

  <T, E extends Exception> T ask(String name, String server, Call<T, E> call) throws E {
    Times times = Times.of(Context.current());
    if (times == null) {
      return call.ask();
    }
    Span span = tracer.spanBuilder(name).setSpanKind(SpanKind.CLIENT).setStartTimestamp(times.now()).startSpan();
    if (!server.isEmpty()) {
      span.setAttribute(SERVER, server);
    }
    boolean answered = false;
    try (Scope working = span.makeCurrent()) {
      T answer = call.ask();
      answered = true;
      return answer;
    } finally {
      if (!answered) {
        span.setStatus(StatusCode.ERROR);
      }
      span.end(times.now());
    }
  }
}
