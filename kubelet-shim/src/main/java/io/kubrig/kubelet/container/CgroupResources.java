package io.kubrig.kubelet.container;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.kubrig.kubelet.cri.v1.LinuxContainerResources;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;

/** Requests and limits as the kernel's cgroups count them. */
public final class CgroupResources {
  private static final long MIN_SHARES = 2;
  private static final long MAX_SHARES = 262144;
  private static final long SHARES_PER_CPU = 1024;
  private static final long MILLI_PER_CPU = 1000;
  private static final long PERIOD_MICROS = 100_000;
  private static final long MIN_QUOTA_MICROS = 1_000;
  private static final long NODE_CRITICAL_PRIORITY = 2_000_001_000;

  private CgroupResources() {}

  /** @param memoryCapacity of the node, in bytes */
  static LinuxContainerResources of(Pod pod, Container container, long memoryCapacity, boolean cpuQuota) {
    long cpuLimit = milli(limits(container), "cpu");
    long cpuRequest = requests(container).containsKey("cpu") ? milli(requests(container), "cpu") : cpuLimit;
    long memoryLimit = bytes(limits(container), "memory");
    LinuxContainerResources.Builder resources =
        LinuxContainerResources.newBuilder().setCpuShares(shares(cpuRequest)).setOomScoreAdj(oomScore(pod, container, memoryCapacity));
    if (memoryLimit > 0) {
      resources.setMemoryLimitInBytes(memoryLimit).setMemorySwapLimitInBytes(memoryLimit);
    }
    if (cpuQuota) {
      resources.setCpuPeriod(PERIOD_MICROS).setCpuQuota(quota(cpuLimit));
    }
    return resources.build();
  }

  /** The share of the processor: 1024 for each. */
  public static long shares(long milliCpu) {
    return Math.clamp(milliCpu * SHARES_PER_CPU / MILLI_PER_CPU, MIN_SHARES, MAX_SHARES);
  }

  /** Microseconds of processor time in each period of 100 ms; 0 stands for no limit. */
  public static long quota(long milliCpu) {
    return milliCpu == 0 ? 0 : Math.max(milliCpu * PERIOD_MICROS / MILLI_PER_CPU, MIN_QUOTA_MICROS);
  }

  /** How early the kernel ends the container when memory runs out: -997 late to 1000 first. */
  static int oomScore(Pod pod, Container container, long memoryCapacity) {
    Integer priority = pod.getSpec().getPriority();
    if (priority != null && priority >= NODE_CRITICAL_PRIORITY) {
      return -997;
    }
    return switch (Qos.of(pod)) {
      case GUARANTEED -> -997;
      case BEST_EFFORT -> 1000;
      case BURSTABLE -> {
        long request = bytes(requests(container), "memory");
        long score = 1000 - 1000 * request / Math.max(1, memoryCapacity);
        yield Math.clamp(score, 3, 999);
      }
    };
  }

  public static long milli(Map<String, Quantity> amounts, String resource) {
    Quantity quantity = amounts.get(resource);
    return quantity == null
        ? 0
        : quantity.getNumericalAmount().multiply(BigDecimal.valueOf(MILLI_PER_CPU)).setScale(0, RoundingMode.CEILING).longValue();
  }

  public static long bytes(Map<String, Quantity> amounts, String resource) {
    Quantity quantity = amounts.get(resource);
    return quantity == null ? 0 : quantity.getNumericalAmount().setScale(0, RoundingMode.CEILING).longValue();
  }

  public static Map<String, Quantity> requests(Container container) {
    return container.getResources() == null || container.getResources().getRequests() == null ? Map.of()
        : container.getResources().getRequests();
  }

  public static Map<String, Quantity> limits(Container container) {
    return container.getResources() == null || container.getResources().getLimits() == null ? Map.of()
        : container.getResources().getLimits();
  }
}
