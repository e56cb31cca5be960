package io.kubrig.operators.horizontalpodautoscaler;

import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.autoscaling.v2.ContainerResourceMetricStatus;
import io.fabric8.kubernetes.api.model.autoscaling.v2.ExternalMetricSource;
import io.fabric8.kubernetes.api.model.autoscaling.v2.ExternalMetricStatus;
import io.fabric8.kubernetes.api.model.autoscaling.v2.MetricIdentifier;
import io.fabric8.kubernetes.api.model.autoscaling.v2.MetricSpec;
import io.fabric8.kubernetes.api.model.autoscaling.v2.MetricStatus;
import io.fabric8.kubernetes.api.model.autoscaling.v2.MetricTarget;
import io.fabric8.kubernetes.api.model.autoscaling.v2.MetricValueStatus;
import io.fabric8.kubernetes.api.model.autoscaling.v2.ObjectMetricSource;
import io.fabric8.kubernetes.api.model.autoscaling.v2.ObjectMetricStatus;
import io.fabric8.kubernetes.api.model.autoscaling.v2.PodsMetricSource;
import io.fabric8.kubernetes.api.model.autoscaling.v2.PodsMetricStatus;
import io.fabric8.kubernetes.api.model.autoscaling.v2.ResourceMetricStatus;
import io.kubrig.machinery.quantity.Quantity.Format;
import io.kubrig.operators.ownership.Selector;
import io.kubrig.operators.ownership.SelectorText;
import java.math.BigDecimal;
import java.util.Map;
import java.util.function.Consumer;

/** What one metric proposes, with the words that users read about it. */
final class MetricProposals {
  private static final long THOUSAND = 1000;

  private final MetricsSource source;
  private final Target target;

  /** @param target whose pods are scaled */
  MetricProposals(MetricsSource source, Target target) {
    this.source = source;
    this.target = target;
  }

  /** What is scaled. @param present replicas by the status of its scale */
  record Target(String namespace, String selector, int present, PodMath math) {}

  /** What comes of a metric. */
  sealed interface Result {}

  /** A number of replicas. @param metric as the reason of a change names it */
  record Proposed(int replicas, String metric, MetricStatus status) implements Result {}

  /** No number. @param reason of condition and event @param cause told by them @param message told when all metrics are put together */
  record Failed(String reason, String cause, String message) implements Result {}

  /** Asks for one metric. */
  Result of(MetricSpec spec) {
    return switch (spec.getType()) {
      case "Resource" -> explained("FailedGetResourceMetric", "failed to get " + spec.getResource().getName() + " resource metric value",
          () -> ofResource(spec.getResource().getName(), "", spec.getResource().getTarget()));
      case "ContainerResource" -> explained("FailedGetContainerResourceMetric",
          "failed to get " + spec.getContainerResource().getContainer() + " container metric value",
          () -> ofResource(spec.getContainerResource().getName(), spec.getContainerResource().getContainer(),
              spec.getContainerResource().getTarget()));
      case "Pods" -> explained("FailedGetPodsMetric", "failed to get pods metric value", () -> ofPods(spec.getPods()));
      case "Object" -> explained("FailedGetObjectMetric", "failed to get object metric value", () -> ofObject(spec.getObject()));
      case "External" -> explained("FailedGetExternalMetric",
          "failed to get " + spec.getExternal().getMetric().getName() + " external metric value", () -> ofExternal(spec.getExternal()));
      default -> {
        String message = "unknown metric source type \"" + spec.getType() + "\"";
        yield new Failed("InvalidMetricSourceType", message, message);
      }
    };
  }

  /** A question that may fail. */
  private interface Question {
    Proposed ask() throws MetricsException;
  }

  private static Result explained(String reason, String prefix, Question question) {
    try {
      return question.ask();
    } catch (Nested e) {
      return new Failed(reason, e.getMessage(), prefix + ": " + e.whole);
    } catch (MetricsException | IllegalArgumentException e) {
      return new Failed(reason, e.getMessage(), prefix + ": " + e.getMessage());
    }
  }

  /** A failure that is told with more words when all metrics are put together. */
  private static final class Nested extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final String whole;

    Nested(String whole, String cause) {
      super(cause);
      this.whole = whole;
    }
  }

  private Proposed ofResource(String resource, String container, MetricTarget wanted) throws MetricsException {
    boolean byAverage = wanted.getAverageValue() != null;
    if (!byAverage && wanted.getAverageUtilization() == null) {
      throw new MetricsException("invalid resource metric source: neither an average utilization target nor an average value (usage) "
          + "target was set");
    }
    PodMath.Proposal proposal;
    try {
      Map<String, PodMetric> metrics = resourceMetrics(resource, container);
      proposal = byAverage ? target.math().byAverage(metrics, resource, milli(wanted.getAverageValue()))
          : target.math().byUtilization(metrics, resource, container, wanted.getAverageUtilization());
    } catch (MetricsException e) {
      throw new MetricsException("failed to get " + resource + (byAverage ? " usage: " : " utilization: ") + e.getMessage());
    }
    MetricValueStatus current = new MetricValueStatus(byAverage ? null : proposal.percent(), amount(resource, proposal.milli()), null);
    String words = byAverage ? " resource" : (container.isEmpty() ? "" : " container") + " resource utilization (percentage of request)";
    return container.isEmpty()
        ? proposed(proposal, resource + words, "Resource", status -> status.setResource(new ResourceMetricStatus(current, resource)))
        : proposed(proposal, resource + words, "ContainerResource",
            status -> status.setContainerResource(new ContainerResourceMetricStatus(container, current, resource)));
  }

  private Map<String, PodMetric> resourceMetrics(String resource, String container) throws MetricsException {
    try {
      return source.resource(target.namespace(), target.selector(), resource, container);
    } catch (MetricsException e) {
      throw new MetricsException("unable to get metrics for resource " + resource + ": " + e.getMessage());
    }
  }

  private Proposed ofPods(PodsMetricSource metric) throws MetricsException {
    MetricIdentifier id = metric.getMetric();
    Map<String, PodMetric> metrics;
    MetricsSource.Metric asked = metric(id);
    try {
      metrics = source.pods(target.namespace(), target.selector(), asked);
    } catch (MetricsException e) {
      throw new MetricsException("unable to get metric " + id.getName() + ": " + e.getMessage());
    }
    PodMath.Proposal proposal = target.math().byAverage(metrics, "", milli(metric.getTarget().getAverageValue()));
    MetricValueStatus current = new MetricValueStatus(null, amount("", proposal.milli()), null);
    return proposed(proposal, "pods metric " + id.getName(), "Pods", status -> status.setPods(new PodsMetricStatus(current, id)));
  }

  private Proposed ofObject(ObjectMetricSource metric) throws MetricsException {
    MetricIdentifier id = metric.getMetric();
    MetricTarget wanted = metric.getTarget();
    MetricsSource.Metric asked = metric(id);
    boolean byValue = "Value".equals(wanted.getType());
    if (!byValue && !"AverageValue".equals(wanted.getType())) {
      throw new MetricsException("invalid object metric source: neither a value target nor an average value target was set");
    }
    long value;
    try {
      value = source.object(target.namespace(), metric.getDescribedObject(), asked);
    } catch (MetricsException e) {
      // the native message has its parts in this odd order
      String cause = "unable to get metric " + id.getName() + ": " + metric.getDescribedObject().getKind() + " on " + target.namespace()
          + " "
          + metric.getDescribedObject().getName() + "/" + e.getMessage();
      throw new Nested(byValue ? cause : "failed to get " + id.getName() + " object metric: " + cause, cause);
    }
    PodMath.Proposal proposal = byValue ? target.math().byValue(value, milli(wanted.getValue()))
        : target.math().byShare(value, milli(wanted.getAverageValue()), target.present());
    MetricValueStatus current = current(byValue, proposal);
    String words = byValue ? metric.getDescribedObject().getKind() + " metric " + id.getName() : external(id);
    return proposed(proposal, words, "Object",
        status -> status.setObject(new ObjectMetricStatus(current, metric.getDescribedObject(), id)));
  }

  private Proposed ofExternal(ExternalMetricSource metric) throws MetricsException {
    MetricIdentifier id = metric.getMetric();
    MetricTarget wanted = metric.getTarget();
    boolean byShare = wanted.getAverageValue() != null;
    if (!byShare && wanted.getValue() == null) {
      throw new MetricsException("invalid external metric source: neither a value target nor an average value target was set");
    }
    try {
      long value = externalValue(id);
      PodMath.Proposal proposal = byShare ? target.math().byShare(value, milli(wanted.getAverageValue()), target.present())
          : target.math().byValue(value, milli(wanted.getValue()));
      MetricValueStatus current = current(!byShare, proposal);
      return proposed(proposal, external(id), "External", status -> status.setExternal(new ExternalMetricStatus(current, id)));
    } catch (MetricsException e) {
      String prefix = byShare ? "failed to get " + id.getName() + " external metric: "
          : "failed to get external metric " + id.getName() + ": ";
      throw new Nested(prefix + e.getMessage(), e.getMessage());
    }
  }

  private long externalValue(MetricIdentifier id) throws MetricsException {
    MetricsSource.Metric asked = metric(id);
    try {
      return source.external(target.namespace(), asked).stream().mapToLong(Long::longValue).sum();
    } catch (MetricsException e) {
      throw new MetricsException("unable to get external metric " + target.namespace() + "/" + id.getName() + "/"
          + SelectorText.of(id.getSelector())
          + ": " + e.getMessage());
    }
  }

  private static MetricsSource.Metric metric(MetricIdentifier id) {
    return new MetricsSource.Metric(id.getName(), id.getSelector() == null ? "" : Selector.of(id.getSelector()).toString());
  }

  private static MetricValueStatus current(boolean byValue, PodMath.Proposal proposal) {
    Quantity amount = amount("", proposal.milli());
    return byValue ? new MetricValueStatus(null, null, amount) : new MetricValueStatus(null, amount, null);
  }

  private static String external(MetricIdentifier id) {
    return "external metric " + id.getName() + "(" + SelectorText.of(id.getSelector()) + ")";
  }

  private static Proposed proposed(PodMath.Proposal proposal, String metric, String type,
      Consumer<MetricStatus> detail) {
    MetricStatus status = new MetricStatus();
    status.setType(type);
    detail.accept(status);
    return new Proposed(proposal.replicas(), metric, status);
  }

  private static long milli(Quantity quantity) {
    return io.kubrig.machinery.quantity.Quantity.parse(quantity.toString()).milliValue();
  }

  /** An amount as the status shows it: memory in whole bytes with binary suffixes. */
  private static Quantity amount(String resource, long milli) {
    io.kubrig.machinery.quantity.Quantity amount = resource.equals("memory")
        ? io.kubrig.machinery.quantity.Quantity.of(BigDecimal.valueOf(milli / THOUSAND), Format.BINARY_SI)
        : io.kubrig.machinery.quantity.Quantity.ofMilli(milli);
    return Quantity.parse(amount.toString());
  }
}
