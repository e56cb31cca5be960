package io.kubrig.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ThreadsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @Test
  void nothing_runs_on_when_a_cluster_is_closed() throws Exception {
    Set<Thread> before = threads();
    useOne();
    assertThat(newcomers(before)).as("what the clusters of a JVM share does not keep it from ending").allMatch(Thread::isDaemon);
    Set<Thread> shared = threads();
    useOne();
    assertThat(left(shared)).isEmpty();
  }

  /** Those that have come since then and still run when all that is ending has ended; daemons may be shared and are not waited for. */
  private static Set<Thread> newcomers(Set<Thread> before) throws InterruptedException {
    for (Thread thread : threads()) {
      if (!before.contains(thread) && !thread.isDaemon()) {
        thread.join(PATIENCE);
      }
    }
    return threads().stream().filter(thread -> !before.contains(thread)).collect(Collectors.toSet());
  }

  private static Set<Thread> left(Set<Thread> before) throws InterruptedException {
    for (Thread thread : threads()) {
      if (!before.contains(thread)) {
        thread.join(PATIENCE);
      }
    }
    return threads().stream().filter(thread -> !before.contains(thread)).collect(Collectors.toSet());
  }

  private static void useOne() throws InterruptedException {
    try (KubrigCluster cluster = KubrigCluster.builder().virtualTime().nodes(1).start()) {
      cluster.kubeconfig();
      cluster.webhooks();
      cluster.operator();
      cluster.client().resource(Samples.deployment("web", 1)).create();
      cluster.settle();
    }
  }

  /** Platform threads, but not those that carry virtual ones and come and go with the load. */
  private static Set<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream().filter(thread -> !(thread instanceof ForkJoinWorkerThread))
        .collect(Collectors.toCollection(HashSet::new));
  }
}
