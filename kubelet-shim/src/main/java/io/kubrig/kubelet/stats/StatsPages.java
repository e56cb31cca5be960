package io.kubrig.kubelet.stats;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubrig.kubelet.cri.ContainerRuntime;
import io.kubrig.kubelet.cri.v1.ContainerStats;
import io.kubrig.kubelet.cri.v1.CpuUsage;
import io.kubrig.kubelet.cri.v1.MemoryUsage;
import io.kubrig.kubelet.cri.v1.NetworkInterfaceUsage;
import io.kubrig.kubelet.cri.v1.PodSandboxStats;
import io.kubrig.kubelet.node.Machine;
import io.kubrig.kubelet.pod.RuntimeLabels;
import io.kubrig.kubelet.posix.Posix;
import io.kubrig.kubelet.posix.Posix.FilesystemSpace;
import io.kubrig.machinery.clock.Clock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

/** What the node and its pods use: {@code /stats/summary} and {@code /metrics/resource}, which the metrics server reads. */
public final class StatsPages {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final double NANOS = 1e9;
  /** Unit of the times in /proc/stat. */
  private static final long TICKS_PER_SECOND = 100;

  private final ContainerRuntime runtime;
  private final Posix posix;
  private final Clock clock;
  private final String nodeName;
  private final Path root;
  private final Instant started;
  private long lastCpuNanos;
  private long lastReadNanos;

  public StatsPages(ContainerRuntime runtime, Posix posix, Clock clock, String nodeName, Path root) {
    this.runtime = runtime;
    this.posix = posix;
    this.clock = clock;
    this.nodeName = nodeName;
    this.root = root;
    this.started = clock.now();
  }

  /** The summary as JSON. Source: the stats/v1alpha1 API. */
  public String summary() {
    ObjectNode out = JSON.createObjectNode();
    ObjectNode node = out.putObject("node");
    node.put("nodeName", nodeName);
    node.put("startTime", started.toString());
    String now = clock.now().toString();
    long cpu = nodeCpuNanos();
    ObjectNode nodeCpu = node.putObject("cpu").put("time", now);
    rate(cpu).ifPresent(nano -> nodeCpu.put("usageNanoCores", nano));
    nodeCpu.put("usageCoreNanoSeconds", cpu);
    long available = Machine.memoryAvailable();
    long total = Machine.read().memoryBytes();
    node.putObject("memory").put("time", now).put("availableBytes", available).put("usageBytes", total - available)
        .put("workingSetBytes", total - available);
    filesystem(node.putObject("fs"), now);
    ArrayNode pods = out.putArray("pods");
    Map<String, PodSandboxStats> sandboxes = new LinkedHashMap<>();
    runtime.sandboxStats().forEach(stats -> sandboxes.put(stats.getAttributes().getMetadata().getUid(), stats));
    sandboxes.values().forEach(stats -> pod(pods.addObject(), stats));
    return out.toString();
  }

  private void pod(ObjectNode pod, PodSandboxStats stats) {
    pod.putObject("podRef")
        .put("name", stats.getAttributes().getMetadata().getName())
        .put("namespace", stats.getAttributes().getMetadata().getNamespace())
        .put("uid", stats.getAttributes().getMetadata().getUid());
    pod.put("startTime", started.toString());
    ArrayNode containers = pod.putArray("containers");
    for (ContainerStats container : stats.getLinux().getContainersList()) {
      ObjectNode entry = containers.addObject();
      entry.put("name", container.getAttributes()
          .getLabelsOrDefault(RuntimeLabels.CONTAINER_NAME, container.getAttributes().getMetadata().getName()));
      cpu(entry.putObject("cpu"), container.getCpu());
      memory(entry.putObject("memory"), container.getMemory());
      entry.putObject("rootfs").put("time", time(container.getWritableLayer().getTimestamp()))
          .put("usedBytes", container.getWritableLayer().getUsedBytes().getValue())
          .put("inodesUsed", container.getWritableLayer().getInodesUsed().getValue());
    }
    cpu(pod.putObject("cpu"), stats.getLinux().getCpu());
    memory(pod.putObject("memory"), stats.getLinux().getMemory());
    NetworkInterfaceUsage device = stats.getLinux().getNetwork().getDefaultInterface();
    pod.putObject("network")
        .put("name", device.getName())
        .put("rxBytes", device.getRxBytes().getValue())
        .put("rxErrors", device.getRxErrors().getValue())
        .put("txBytes", device.getTxBytes().getValue())
        .put("txErrors", device.getTxErrors().getValue());
  }

  private static void cpu(ObjectNode out, CpuUsage usage) {
    out.put("time", time(usage.getTimestamp())).put("usageNanoCores", usage.getUsageNanoCores().getValue())
        .put("usageCoreNanoSeconds", usage.getUsageCoreNanoSeconds().getValue());
  }

  private static void memory(ObjectNode out, MemoryUsage usage) {
    out.put("time", time(usage.getTimestamp()))
        .put("usageBytes", usage.getUsageBytes().getValue())
        .put("workingSetBytes", usage.getWorkingSetBytes().getValue())
        .put("rssBytes", usage.getRssBytes().getValue())
        .put("pageFaults", usage.getPageFaults().getValue())
        .put("majorPageFaults", usage.getMajorPageFaults().getValue());
  }

  private void filesystem(ObjectNode out, String now) {
    try {
      FilesystemSpace space = posix.space(root);
      out.put("time", now).put("availableBytes", space.availableBytes()).put("capacityBytes", space.capacityBytes())
          .put("usedBytes", space.usedBytes()).put("inodesFree", space.inodesFree()).put("inodes", space.inodes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String time(long epochNanos) {
    return Instant.ofEpochSecond(epochNanos / 1_000_000_000L, epochNanos % 1_000_000_000L).toString();
  }

  /** Processor time since the last call, as billionths of a processor; empty at the first. */
  private synchronized OptionalLong rate(long cpuNanos) {
    long now = clock.nanos();
    boolean first = lastReadNanos == 0;
    long elapsed = now - lastReadNanos;
    long used = cpuNanos - lastCpuNanos;
    lastReadNanos = now;
    lastCpuNanos = cpuNanos;
    return first || elapsed <= 0 ? OptionalLong.empty() : OptionalLong.of((long) (used * NANOS / elapsed));
  }

  /** All processor time that was not idle. Source: proc_stat(5). */
  private static long nodeCpuNanos() {
    try {
      String[] fields = Files.readAllLines(Path.of("/proc/stat")).getFirst().trim().split("\\s+");
      long busy = 0;
      for (int i = 1; i < Math.min(fields.length, 9); i++) {
        busy += i == 4 || i == 5 ? 0 : Long.parseLong(fields[i]);
      }
      return busy * (1_000_000_000L / TICKS_PER_SECOND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The resource metrics in the Prometheus text format. Source: KEP-727. */
  public String resourceMetrics() {
    StringBuilder out = new StringBuilder();
    List<PodSandboxStats> sandboxes = runtime.sandboxStats();
    family(out, "container_cpu_usage_seconds_total", "counter", "Cumulative cpu time consumed by the container in core-seconds");
    eachContainer(sandboxes,
        (labels, container) ->
        sample(out, "container_cpu_usage_seconds_total", labels, container.getCpu().getUsageCoreNanoSeconds().getValue() / NANOS,
        container.getCpu().getTimestamp()));
    family(out, "container_memory_working_set_bytes", "gauge", "Current working set of the container in bytes");
    eachContainer(sandboxes,
        (labels, container) ->
        sample(out, "container_memory_working_set_bytes", labels, container.getMemory().getWorkingSetBytes().getValue(),
        container.getMemory().getTimestamp()));
    long now = clock.now().toEpochMilli() * 1_000_000L;
    family(out, "node_cpu_usage_seconds_total", "counter", "Cumulative cpu time consumed by the node in core-seconds");
    sample(out, "node_cpu_usage_seconds_total", "", nodeCpuNanos() / NANOS, now);
    family(out, "node_memory_working_set_bytes", "gauge", "Current working set of the node in bytes");
    sample(out, "node_memory_working_set_bytes", "", Machine.read().memoryBytes() - Machine.memoryAvailable(), now);
    family(out, "pod_cpu_usage_seconds_total", "counter", "Cumulative cpu time consumed by the pod in core-seconds");
    sandboxes.forEach(pod ->
        sample(out, "pod_cpu_usage_seconds_total", labels(pod), pod.getLinux().getCpu().getUsageCoreNanoSeconds().getValue() / NANOS,
        pod.getLinux().getCpu().getTimestamp()));
    family(out, "pod_memory_working_set_bytes", "gauge", "Current working set of the pod in bytes");
    sandboxes.forEach(pod ->
        sample(out, "pod_memory_working_set_bytes", labels(pod), pod.getLinux().getMemory().getWorkingSetBytes().getValue(),
        pod.getLinux().getMemory().getTimestamp()));
    family(out, "resource_scrape_error", "gauge", "1 if there was an error while getting container metrics, 0 otherwise");
    out.append("resource_scrape_error 0\n");
    return out.toString();
  }

  private interface ContainerSample {
    void add(String labels, ContainerStats container);
  }

  private static void eachContainer(List<PodSandboxStats> sandboxes, ContainerSample sample) {
    for (PodSandboxStats pod : sandboxes) {
      for (ContainerStats container : pod.getLinux().getContainersList()) {
        String name = container.getAttributes()
            .getLabelsOrDefault(RuntimeLabels.CONTAINER_NAME, container.getAttributes().getMetadata().getName());
        sample.add("{container=\"" + name + "\"," + labels(pod).substring(1), container);
      }
    }
  }

  private static String labels(PodSandboxStats pod) {
    return "{namespace=\"" + pod.getAttributes().getMetadata().getNamespace() + "\",pod=\"" + pod.getAttributes().getMetadata().getName()
        + "\"}";
  }

  private static void family(StringBuilder out, String name, String type, String help) {
    out.append("# HELP ").append(name).append(" [STABLE] ").append(help).append("\n# TYPE ").append(name).append(' ').append(type)
        .append('\n');
  }

  private static void sample(StringBuilder out, String name, String labels, double value, long epochNanos) {
    out.append(name).append(labels).append(' ').append(String.format(Locale.ROOT, "%.9g", value)).append(' ')
        .append(epochNanos / 1_000_000L).append('\n');
  }
}
