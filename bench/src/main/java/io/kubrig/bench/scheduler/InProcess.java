package io.kubrig.bench.scheduler;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.scheduler.api.ClusterApi;
import io.kubrig.scheduler.config.SchedulerConfiguration;
import io.kubrig.scheduler.cycle.Scheduler;
import io.kubrig.scheduler.cycle.ScoreListener;
import io.kubrig.scheduler.metrics.SchedulerMetrics;
import io.kubrig.scheduler.plugins.BuiltinPlugins;
import io.kubrig.scheduler.simulation.MemoryCluster;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;

/** The scheduler's core with an API in memory: no sockets, no text. */
final class InProcess implements Stage {
  private static final KubernetesSerialization JSON = new KubernetesSerialization();
  private static final com.sun.management.OperatingSystemMXBean PROCESS =
      (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private static final Map<String, Class<? extends HasMetadata>> KINDS = Map.ofEntries(
      Map.entry("Node", io.fabric8.kubernetes.api.model.Node.class),
      Map.entry("Pod", Pod.class),
      Map.entry("Namespace", io.fabric8.kubernetes.api.model.Namespace.class),
      Map.entry("Service", io.fabric8.kubernetes.api.model.Service.class),
      Map.entry("PersistentVolume", io.fabric8.kubernetes.api.model.PersistentVolume.class),
      Map.entry("PersistentVolumeClaim", io.fabric8.kubernetes.api.model.PersistentVolumeClaim.class),
      Map.entry("CSINode", io.fabric8.kubernetes.api.model.storage.CSINode.class),
      Map.entry("DeviceClass", io.fabric8.kubernetes.api.model.resource.v1.DeviceClass.class),
      Map.entry("DeviceTaintRule", io.fabric8.kubernetes.api.model.resource.v1beta2.DeviceTaintRule.class),
      Map.entry("ResourceClaim", io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim.class),
      Map.entry("ResourceClaimTemplate", io.fabric8.kubernetes.api.model.resource.v1.ResourceClaimTemplate.class),
      Map.entry("ResourceSlice", io.fabric8.kubernetes.api.model.resource.v1.ResourceSlice.class));

  private final MemoryCluster cluster = new MemoryCluster(Clock.system());
  private final Scheduler scheduler;
  private final Thread loop;
  private CountDownLatch gate;

  InProcess(SchedulerConfiguration configuration, Progress progress) {
    scheduler = new Scheduler(configuration, new Scheduler.Parts(cluster, Clock.system(), new Random(1),
        BuiltinPlugins.registry(configuration), List.of(), ScoreListener.NONE, SchedulerMetrics.NONE, "bench"));
    cluster.watch(new Pods(progress));
    loop = Thread.ofPlatform().name("scheduler").start(() -> {
      try {
        scheduler.run();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
  }

  private static Class<? extends HasMetadata> kind(String name) {
    Class<? extends HasMetadata> kind = KINDS.get(name);
    if (kind == null) {
      throw new IllegalArgumentException("objects of kind " + name + " are not known here");
    }
    return kind;
  }

  @Override
  public int creators() {
    return 1;
  }

  @Override
  public void tellAttempted() {}

  @Override
  public String create(Map<String, Object> object) {
    return cluster.create(JSON.convertValue(object, kind((String) object.get("kind")))).getMetadata().getUid();
  }

  @Override
  public void update(Map<String, Object> object, boolean resize) {
    Class<? extends HasMetadata> kind = kind((String) object.get("kind"));
    cluster.replace(JSON.convertValue(Trees.updated(JSON.convertValue(
        cluster.find(kind, Trees.namespace(object), Trees.name(object)).orElseThrow(), Map.class), object), kind));
  }

  @Override
  public void updateStatus(Map<String, Object> object) {
    cluster.patch(kind((String) object.get("kind")), Trees.namespace(object), Trees.name(object), Map.of("status", object.get("status")));
  }

  @Override
  public void delete(String kind, String namespace, String name) {
    cluster.find(kind(kind), namespace, name).ifPresent(o -> {
      if (o instanceof Pod && !o.getMetadata().getFinalizers().isEmpty()) {
        cluster.patch(Pod.class, namespace, name, Map.of("metadata", Map.of("deletionTimestamp", Instant.now().toString())));
      } else {
        cluster.delete(o, 0L);
      }
    });
  }

  @Override
  public void hold() throws InterruptedException {
    CountDownLatch closed = new CountDownLatch(1);
    CountDownLatch reached = new CountDownLatch(1);
    gate = closed;
    scheduler.loop().post(() -> {
      reached.countDown();
      try {
        closed.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    reached.await(); // all that was told before is known
  }

  @Override
  public boolean release() {
    gate.countDown();
    return true;
  }

  @Override
  public Cost cost() {
    return new Cost(PROCESS.getProcessCpuTime(), Math.max(0, ManagementFactory.getThreadMXBean().getThreadCpuTime(loop.threadId())));
  }

  @Override
  public void close() throws InterruptedException {
    if (gate != null) {
      gate.countDown();
    }
    scheduler.stop();
    loop.join();
  }

  /** Hears of pods. */
  private record Pods(Progress progress) implements ClusterApi.Listener {
    @Override
    public void added(HasMetadata object) {
      updated(object);
    }

    @Override
    public void updated(HasMetadata object) {
      if (object instanceof Pod p) {
        String key = Progress.key(p.getMetadata().getNamespace(), p.getMetadata().getName());
        if (p.getSpec().getNodeName() != null) {
          progress.bound(key);
        } else if (!p.getStatus().getConditions().isEmpty()) {
          progress.attempted(key);
        }
      }
    }

    @Override
    public void deleted(HasMetadata object) {
      if (object instanceof Pod p) {
        progress.gone(Progress.key(p.getMetadata().getNamespace(), p.getMetadata().getName()));
      }
    }
  }
}
