package io.kubrig.bench;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.CronJobBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.kubrig.testkit.KubrigCluster;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/**
 * What a cluster of the test kit costs: its start, further starts, forks, and a thousand calls of each kind. Prints wall time and, because
 * machines are shared, the processor time of the whole process beside it.
 */
public final class TestKitBench {
  private static final int CALLS = 1000;
  private static final int CLUSTERS = 50;
  private static final int DAYS = 7;

  private final com.sun.management.OperatingSystemMXBean machine =
      (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private TestKitBench() {}

  /** Measures everything; with the argument {@code week} and numbers of nodes, virtual weeks with a nightly job alone. */
  public static void main(String[] args) throws Exception {
    if (args.length == 0) {
      new TestKitBench().run();
      return;
    }
    for (int i = 1; i < args.length; i++) {
      new TestKitBench().week(Integer.parseInt(args[i]));
    }
  }

  /** Something that is measured. */
  private interface Work<T> {
    T run() throws Exception;
  }

  private <T> T measured(String what, int times, Work<T> work) throws Exception {
    long cpu = machine.getProcessCpuTime();
    long begin = System.nanoTime();
    T result = work.run();
    double wall = (System.nanoTime() - begin) / 1e6 / times;
    System.out.printf("%-46s %10.2f ms wall %10.2f ms cpu%n", what, wall, (machine.getProcessCpuTime() - cpu) / 1e6 / times);
    return result;
  }

  private void run() throws Exception {
    try (KubrigCluster first = measured("first API server of the JVM", 1, () -> KubrigCluster.builder().apiServerOnly().start())) {
      measured("first list", 1, () -> first.client().namespaces().list());
      measured("further API servers, each", CLUSTERS, () -> repeat(() -> KubrigCluster.builder().apiServerOnly().start()));
      calls(first.client());
      measured("forks of a cluster with 1,000 objects, each", CLUSTERS, () -> repeat(first::fork));
    }
    KubrigCluster all = measured("first cluster with all parts and 3 nodes, at rest", 1, TestKitBench::whole);
    measured("a day of it", 1, () -> {
      all.advance(Duration.ofDays(1));
      return null;
    });
    all.close();
    measured("further clusters with all parts, each", 5, () -> {
      for (int i = 0; i < 5; i++) {
        whole().close();
      }
      return null;
    });
    Runtime.getRuntime().gc();
    System.out.printf("heap in use %d MB%n", (Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory()) >> 20);
  }

  private void week(int nodes) throws Exception {
    try (KubrigCluster cluster = KubrigCluster.builder().virtualTime().heartbeat(Duration.ofMinutes(10)).nodes(nodes).start()) {
      cluster.client().resource(nightly()).create();
      cluster.settle();
      measured("a week of a nightly job, " + nodes + " nodes", 1, () -> {
        for (int day = 1; day <= DAYS; day++) {
          measured("  its day " + day, 1, () -> {
            cluster.advance(Duration.ofDays(1));
            return null;
          });
        }
        return null;
      });
      int jobs = cluster.client().batch().v1().jobs().inNamespace("default").list().getItems().size();
      System.out.printf("jobs at its end: %d%n", jobs);
    }
  }

  private static CronJob nightly() {
    return new CronJobBuilder()
        .withNewMetadata().withName("nightly").withNamespace("default").endMetadata()
        .withNewSpec().withSchedule("0 2 * * *").withSuccessfulJobsHistoryLimit(DAYS)
        .withNewJobTemplate().withNewSpec().withNewTemplate()
        .withNewMetadata().addToAnnotations("simulated.kubrig.io/exit-after", "30s").endMetadata()
        .withNewSpec().withRestartPolicy("Never").addNewContainer().withName("work").withImage("work").endContainer().endSpec()
        .endTemplate().endSpec().endJobTemplate().endSpec()
        .build();
  }

  private static KubrigCluster whole() throws InterruptedException {
    KubrigCluster cluster = KubrigCluster.builder().virtualTime().heartbeat(Duration.ofMinutes(10)).nodes(3).start();
    cluster.settle();
    return cluster;
  }

  private static Void repeat(Work<KubrigCluster> start) throws Exception {
    for (int i = 0; i < CLUSTERS; i++) {
      start.run().close();
    }
    return null;
  }

  private void calls(KubernetesClient client) throws Exception {
    CountDownLatch seen = new CountDownLatch(CALLS);
    try (Watch watch = client.configMaps().inNamespace("default").watch(counting(seen))) {
      measured("create, each", CALLS, () -> {
        for (int i = 0; i < CALLS; i++) {
          client.resource(config(i)).create();
        }
        return null;
      });
      measured("until a watch has seen the last of them", 1, () -> {
        seen.await();
        return null;
      });
    }
    measured("get, each", CALLS, () -> {
      for (int i = 0; i < CALLS; i++) {
        client.resource(config(i)).get();
      }
      return null;
    });
    measured("list of 1,000", 1, () -> client.configMaps().inNamespace("default").list());
  }

  private static Watcher<ConfigMap> counting(CountDownLatch seen) {
    return new Watcher<>() {
      @Override
      public void eventReceived(Action action, ConfigMap config) {
        seen.countDown();
      }

      @Override
      public void onClose(WatcherException cause) {
        // closed by the benchmark
      }
    };
  }

  private static ConfigMap config(int number) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withName("config-" + number)
        .withNamespace("default")
        .endMetadata()
        .addToData("key", "value " + number)
        .build();
  }
}
