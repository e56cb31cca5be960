package io.kubrig.scheduler.tracing;

import io.kubrig.scheduler.extender.Extender;
import io.kubrig.scheduler.extender.ExtenderException;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.state.NodeInfo;
import io.opentelemetry.api.trace.Tracer;
import java.util.List;
import java.util.Map;

/** An extender with a span for each question. */
public final class TracedExtender implements Extender {
  private final Extender extender;
  private final Calls calls;

  public TracedExtender(Extender extender, Tracer tracer) {
    this.extender = extender;
    this.calls = new Calls(tracer);
  }

  @Override
  public String name() {
    return extender.name();
  }

  @Override
  public boolean isInterested(Pod pod) {
    return extender.isInterested(pod);
  }

  @Override
  public boolean isIgnorable() {
    return extender.isIgnorable();
  }

  @Override
  public boolean filters() {
    return extender.filters();
  }

  @Override
  public boolean prioritizes() {
    return extender.prioritizes();
  }

  @Override
  public boolean binds() {
    return extender.binds();
  }

  @Override
  public boolean preempts() {
    return extender.preempts();
  }

  @Override
  public int weight() {
    return extender.weight();
  }

  @Override
  public Filtered filter(Pod pod, List<NodeInfo> nodes) throws ExtenderException {
    return calls.ask("extender filter", name(), () -> extender.filter(pod, nodes));
  }

  @Override
  public Map<String, Long> prioritize(Pod pod, List<NodeInfo> nodes) throws ExtenderException {
    return calls.ask("extender prioritize", name(), () -> extender.prioritize(pod, nodes));
  }

  @Override
  public Map<String, Victims> preempt(Pod pod, Map<String, Victims> candidates) throws ExtenderException {
    return calls.ask("extender preempt", name(), () -> extender.preempt(pod, candidates));
  }

  @Override
  public void bind(Pod pod, String node) throws ExtenderException {
    calls.ask("extender bind", name(), () -> {
      extender.bind(pod, node);
      return true;
    });
  }
}
