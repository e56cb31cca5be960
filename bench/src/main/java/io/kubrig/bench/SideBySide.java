package io.kubrig.bench;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.kubrig.testkit.KubrigCluster;
import java.lang.management.ManagementFactory;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;

/**
 * The same thousand calls through the same client library against one API in one process: the test kit, a server behind an address, or
 * whatever a caller of {@link #measure} starts. One line per figure: wall time, and processor time of this process, per call.
 */
public final class SideBySide {
  private static final int CALLS = 1000;
  private static final int WATCHED = 200;

  private final com.sun.management.OperatingSystemMXBean machine =
      (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private final String name;

  private SideBySide(String name) {
    this.name = name;
  }

  /** Arguments: {@code kubrig}, or {@code server URL TOKEN} for a server that is started already. */
  public static void main(String[] args) throws Exception {
    switch (args[0]) {
      case "kubrig" -> measure("kubrig", () -> KubrigCluster.builder().apiServerOnly().start().client());
      case "server" -> measure("server", () -> {
        Config config = new ConfigBuilder(Config.empty()).withMasterUrl(args[1]).withOauthToken(args[2]).withTrustCerts(true).build();
        return new KubernetesClientBuilder().withConfig(config).build();
      });
      default -> throw new IllegalArgumentException("kubrig, or server URL TOKEN, not " + args[0]);
    }
    System.exit(0);
  }

  /** @param start makes the API and a client of it */
  public static void measure(String name, Callable<KubernetesClient> start) throws Exception {
    new SideBySide(name).run(start);
  }

  private void run(Callable<KubernetesClient> start) throws Exception {
    KubernetesClient client = measured("start and first list", 1, () -> {
      KubernetesClient made = start.call();
      made.configMaps().inNamespace("default").list();
      return made;
    });
    for (String round : new String[] {"cold", "warm"}) {
      measured("create, " + round, CALLS, () -> each(i -> client.resource(config(round + "-" + i)).create()));
      measured("get, " + round, CALLS, () -> each(i -> client.configMaps().inNamespace("default").withName(round + "-" + i).get()));
      measured("list of 1,000 or more, " + round, 1, () -> client.configMaps().inNamespace("default").list());
    }
    watch(client);
  }

  /** An action for a number. */
  private interface Each {
    void of(int number);
  }

  private static Void each(Each action) {
    for (int i = 0; i < CALLS; i++) {
      action.of(i);
    }
    return null;
  }

  /** How long it takes from the call of a create until a watch has heard of it. */
  private void watch(KubernetesClient client) throws Exception {
    Semaphore seen = new Semaphore(0);
    try (Watch watch = client.configMaps().inNamespace("default").withLabel("watched").watch(counting(seen))) {
      measured("create until a watch has seen it", WATCHED, () -> {
        for (int i = 0; i < WATCHED; i++) {
          ConfigMap config = config("watched-" + i);
          config.getMetadata().getLabels().put("watched", "yes");
          client.resource(config).create();
          seen.acquire();
        }
        return null;
      });
    }
  }

  private static Watcher<ConfigMap> counting(Semaphore seen) {
    return new Watcher<>() {
      @Override
      public void eventReceived(Action action, ConfigMap config) {
        seen.release();
      }

      @Override
      public void onClose(WatcherException cause) {
        // closed by the benchmark
      }
    };
  }

  private <T> T measured(String what, int times, Callable<T> work) throws Exception {
    long cpu = machine.getProcessCpuTime();
    long begin = System.nanoTime();
    T result = work.call();
    double wall = (System.nanoTime() - begin) / 1e6 / times;
    System.out.printf("%-8s %-36s %10.2f ms wall %10.2f ms cpu%n", name, what, wall, (machine.getProcessCpuTime() - cpu) / 1e6 / times);
    return result;
  }

  private static ConfigMap config(String name) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace("default")
        .addToLabels("app", "bench")
        .endMetadata()
        .addToData("key", name)
        .build();
  }
}
