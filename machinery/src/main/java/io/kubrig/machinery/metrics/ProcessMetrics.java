package io.kubrig.machinery.metrics;

import io.kubrig.machinery.component.KubernetesVersion;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** The metrics of the process itself: {@code process_*}, {@code kubernetes_build_info}, and those of the Java virtual machine. */
public final class ProcessMetrics {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final long PAGE_BYTES = 4096;

  private ProcessMetrics() {}

  /** Registers them; each is read when the metrics are. */
  public static void register(MeterRegistry registry) {
    Gauge.builder("kubernetes_build_info", () -> 1)
        .description(
            "A metric with a constant '1' value labeled by major, minor, git version, git commit, git tree state, build date, Go version,"
                + " and compiler from which Kubernetes was built, and platform on which it is running.")
        .tag("build_date", "")
        .tag("compiler", "javac")
        .tag("git_commit", "")
        .tag("git_tree_state", "")
        .tag("go_version", "java" + Runtime.version().feature())
        .tag("major", KubernetesVersion.MAJOR)
        .tag("minor", KubernetesVersion.MINOR)
        .tag("git_version", KubernetesVersion.GIT_VERSION)
        .tag("platform", "linux/" + System.getProperty("os.arch"))
        .register(registry);
    counter(registry, "process_cpu_seconds_total", "Total user and system CPU time spent in seconds.", self -> cpuSeconds(self.info()));
    gauge(registry, "process_start_time_seconds", "Start time of the process since unix epoch in seconds.", ProcessMetrics::startSeconds);
    gauge(registry, "process_open_fds", "Number of open file descriptors.", self -> openFiles());
    gauge(registry, "process_resident_memory_bytes", "Resident memory size in bytes.", self -> statm(1));
    gauge(registry, "process_virtual_memory_bytes", "Virtual memory size in bytes.", self -> statm(0));
    gauge(registry, "jvm_threads_current", "Current thread count of the JVM, without virtual threads.",
        self -> ManagementFactory.getThreadMXBean().getThreadCount());
    gauge(registry, "jvm_memory_heap_used_bytes", "Used bytes of the heap.", self -> heap().getUsed());
    gauge(registry, "jvm_memory_heap_committed_bytes", "Committed bytes of the heap.", self -> heap().getCommitted());
    counter(registry, "jvm_gc_collection_seconds_total", "Time spent in garbage collections in seconds.", self -> gcSeconds());
  }

  private static void gauge(MeterRegistry registry, String name, String help, ToDoubleFunction<ProcessHandle> value) {
    Gauge.builder(name, ProcessHandle.current(), value).description(help).strongReference(true).register(registry);
  }

  private static void counter(MeterRegistry registry, String name, String help, ToDoubleFunction<ProcessHandle> value) {
    FunctionCounter.builder(name, ProcessHandle.current(), value).description(help).register(registry);
  }

  private static double cpuSeconds(ProcessHandle.Info info) {
    return info.totalCpuDuration().map(Duration::toNanos).orElse(0L) / NANOS_PER_SECOND;
  }

  private static double startSeconds(ProcessHandle self) {
    return self.info().startInstant().map(Instant::getEpochSecond).orElse(0L);
  }

  private static double openFiles() {
    try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
      return files.count();
    } catch (IOException e) {
      return Double.NaN; // no /proc here: the value is not known
    }
  }

  private static double statm(int field) {
    try {
      return Long.parseLong(Files.readString(Path.of("/proc/self/statm")).split(" ")[field]) * (double) PAGE_BYTES;
    } catch (IOException e) {
      return Double.NaN; // no /proc here: the value is not known
    }
  }

  private static MemoryUsage heap() {
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
  }

  private static double gcSeconds() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream().mapToLong(collector -> collector.getCollectionTime()).sum() / 1000.0;
  }
}
