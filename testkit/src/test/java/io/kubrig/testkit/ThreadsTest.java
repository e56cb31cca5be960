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
    Set<Thread> atFirst = threads();
    useOne();
    Set<Thread> shared = threads();
    assertThat(shared).as("whatever the clusters of a JVM share does not keep it from ending")
        .filteredOn(thread -> !atFirst.contains(thread)).allMatch(Thread::isDaemon);
    useOne();
    Set<Thread> left = threads();
    left.removeAll(shared);
    for (Thread thread : left) {
      thread.join(PATIENCE);
    }
    assertThat(left).filteredOn(Thread::isAlive).isEmpty();
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
