package io.kubrig.operators.horizontalpodautoscaler;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.pods.Pods;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How many pods a metric wants, counted with care: pods without a metric are taken to need no change in the direction in question, and
 * pods that have not settled to be idle.
 *
 * @param pods those that the target's selector matches
 * @param replicas how many the target wants now
 */
record PodMath(List<Pod> pods, int replicas, Tolerances tolerances, PodGroups.Youth youth, Instant now) {
  private static final int HUNDRED = 100;

  /** A proposal. @param milli the average that was found @param percent of the request; zero where the target is no utilization */
  record Proposal(int replicas, long milli, int percent) {}

  /** A ratio of usage to target, and the average it stands for. */
  private record Usage(double ratio, long milli, int percent) {}

  /** How a usage is computed from metrics, and what a pod without one is taken to use at a ratio that others show; empty for nothing. */
  private interface Measure {
    Usage of(Map<String, PodMetric> metrics) throws MetricsException;

    Optional<Long> assumed(String pod, double ratio);
  }

  /** By a share of what the pods requested. @param target percent */
  Proposal byUtilization(Map<String, PodMetric> measured, String resource, String container, int target) throws MetricsException {
    requirePods();
    PodGroups groups = PodGroups.of(pods, measured, resource, youth, now);
    Map<String, PodMetric> metrics = settled(measured, groups);
    Map<String, Long> requests = requests(resource, container);
    return propose(metrics, groups, new Measure() {
      @Override
      public Usage of(Map<String, PodMetric> some) throws MetricsException {
        return utilization(some, requests, target);
      }

      @Override
      public Optional<Long> assumed(String pod, double ratio) {
        return ratio == 1.0 ? Optional.empty()
            : Optional.of(ratio < 1.0 ? requests.getOrDefault(pod, 0L) * Math.max(HUNDRED, target) / HUNDRED : 0L);
      }
    });
  }

  /** By an average over pods. @param target in thousandths @param resource empty for a custom metric */
  Proposal byAverage(Map<String, PodMetric> measured, String resource, long target) throws MetricsException {
    requirePods();
    PodGroups groups = PodGroups.of(pods, measured, resource, youth, now);
    return propose(settled(measured, groups), groups, new Measure() {
      @Override
      public Usage of(Map<String, PodMetric> some) {
        long average = some.values().stream().mapToLong(PodMetric::milli).sum() / some.size();
        return new Usage((double) average / target, average, 0);
      }

      @Override
      public Optional<Long> assumed(String pod, double ratio) {
        return Optional.of(ratio < 1.0 ? target : 0L);
      }
    });
  }

  /** By one value for all pods: as many times the ready pods as the value is too great. */
  Proposal byValue(long value, long target) throws MetricsException {
    double ratio = (double) value / target;
    if (replicas == 0) {
      return new Proposal(ceil(ratio), value, 0);
    }
    if (tolerances.bear(ratio)) {
      return new Proposal(replicas, value, 0);
    }
    if (pods.isEmpty()) {
      throw new MetricsException("unable to calculate ready pods: no pods returned by selector while calculating replica count");
    }
    long ready = pods.stream().filter(pod -> Pods.phase(pod).equals("Running") && Pods.isReady(pod)).count();
    return new Proposal(ceil(ratio * ready), value, 0);
  }

  /** By one value that is shared by the pods that there are. @param present replicas by the target's status */
  Proposal byShare(long value, long target, int present) {
    int wanted = tolerances.bear(value / ((double) target * present)) ? present : ceil((double) value / target);
    return new Proposal(wanted, present == 0 ? value : Math.ceilDiv(value, (long) present), 0);
  }

  private void requirePods() throws MetricsException {
    if (pods.isEmpty()) {
      throw new MetricsException("no pods returned by selector while calculating replica count");
    }
  }

  private static Map<String, PodMetric> settled(Map<String, PodMetric> measured, PodGroups groups) throws MetricsException {
    Map<String, PodMetric> metrics = new LinkedHashMap<>(measured);
    metrics.keySet().removeAll(groups.ignored());
    metrics.keySet().removeAll(groups.unready());
    if (metrics.isEmpty()) {
      throw new MetricsException("did not receive metrics for targeted pods (pods might be unready)");
    }
    return metrics;
  }

  private Proposal propose(Map<String, PodMetric> metrics, PodGroups groups, Measure measure) throws MetricsException {
    Usage usage = measure.of(metrics);
    boolean unreadyCount = !groups.unready().isEmpty() && usage.ratio() > 1.0;
    if (!unreadyCount && groups.missing().isEmpty()) {
      return proposal(tolerances.bear(usage.ratio()) ? replicas : ceil(usage.ratio() * groups.ready()), usage);
    }
    Map<String, PodMetric> completed = new LinkedHashMap<>(metrics);
    for (String pod : groups.missing()) {
      measure.assumed(pod, usage.ratio()).ifPresent(milli -> completed.put(pod, PodMetric.assumed(milli)));
    }
    if (unreadyCount) {
      groups.unready().forEach(pod -> completed.put(pod, PodMetric.assumed(0)));
    }
    double ratio = measure.of(completed).ratio();
    boolean turned = usage.ratio() < 1.0 && ratio > 1.0 || usage.ratio() > 1.0 && ratio < 1.0;
    int wanted = ceil(ratio * completed.size());
    boolean against = ratio < 1.0 && wanted > replicas || ratio > 1.0 && wanted < replicas;
    return proposal(tolerances.bear(ratio) || turned || against ? replicas : wanted, usage);
  }

  private static Proposal proposal(int wanted, Usage usage) {
    return new Proposal(wanted, usage.milli(), usage.percent());
  }

  private static int ceil(double pods) {
    return (int) Math.ceil(pods);
  }

  private static Usage utilization(Map<String, PodMetric> metrics, Map<String, Long> requests, int target) throws MetricsException {
    long used = 0;
    long requested = 0;
    int counted = 0;
    for (Map.Entry<String, PodMetric> metric : metrics.entrySet()) {
      Long request = requests.get(metric.getKey());
      if (request != null) { // a metric of a pod that is gone says nothing
        used += metric.getValue().milli();
        requested += request;
        counted++;
      }
    }
    if (requested == 0) {
      throw new MetricsException("no metrics returned matched known pods");
    }
    int percent = (int) (used * HUNDRED / requested);
    return new Usage((double) percent / target, used / counted, percent);
  }

  private Map<String, Long> requests(String resource, String container) throws MetricsException {
    Map<String, Long> requests = new HashMap<>();
    for (Pod pod : pods) {
      Optional<Long> whole = container.isEmpty() ? request(pod.getSpec().getResources(), resource) : Optional.empty();
      requests.put(pod.getMetadata().getName(), whole.isPresent() ? whole.get() : sum(pod, resource, container));
    }
    return requests;
  }

  private static long sum(Pod pod, String resource, String name) throws MetricsException {
    List<Container> lasting = new ArrayList<>(pod.getSpec().getContainers());
    Objects.orEmpty(pod.getSpec().getInitContainers()).stream().filter(init -> "Always".equals(init.getRestartPolicy()))
        .forEach(lasting::add);
    long sum = 0;
    for (Container container : lasting) {
      if (name.isEmpty() || name.equals(container.getName())) {
        sum += request(container.getResources(), resource).orElseThrow(() -> new MetricsException("missing request for " + resource
            + " in container " + container.getName() + " of Pod " + pod.getMetadata().getName()));
      }
    }
    return sum;
  }

  private static Optional<Long> request(ResourceRequirements resources, String resource) {
    Map<String, Quantity> requests = resources == null ? Map.of() : Objects.orEmpty(resources.getRequests());
    return Optional.ofNullable(requests.get(resource))
        .map(quantity -> io.kubrig.machinery.quantity.Quantity.parse(quantity.toString()).milliValue());
  }
}
