package io.kubrig.operators.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * Every workload controller in disturbed worlds: whatever is late, hidden, refused, half done or killed, it ends where its object says, and
 * never does on the way what its story forbids.
 *
 * <p>{@code -Dsweep.worlds=N} tells N worlds of each story instead of a few; {@code -Dseed=S} begins at another seed. A failure names the
 * seed of its world: {@code -Dseed=S -Dsweep.worlds=1} tells it again, {@code -Dsweep.trace=true} with every change.
 */
class PerturbationSweepTest {
  private static final int STEPS = 300;
  private static final double FAULTS = 0.15;
  private static final long WORLDS = Long.getLong("sweep.worlds", 6);
  private static final long SEED = Long.getLong("seed", 1);

  private static void sweep(String name, Supplier<Story> story) throws InterruptedException {
    long reconciles = 0;
    long lives = 0;
    long start = System.nanoTime();
    for (long seed = SEED; seed < SEED + WORLDS; seed++) {
      try {
        World.Told told = new World(story.get(), seed, FAULTS).tell(STEPS);
        reconciles += told.reconciles();
        lives += told.lives();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError(name + ", seed " + seed + ": " + e.getMessage(), e);
      }
    }
    System.out.printf("sweep of %s: seeds %d to %d, %d reconciles, %d lives, %d s%n", name, SEED, SEED + WORLDS - 1, reconciles, lives,
        TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start));
    assertThat(reconciles).isPositive();
  }

  @Test
  void a_replica_set_that_is_resized_ends_at_its_size() throws InterruptedException {
    sweep("ReplicaSet", Stories.ReplicaSetStory::new);
  }

  @Test
  void a_replica_set_that_is_left_alone_makes_no_pod_twice_and_deletes_none() throws InterruptedException {
    sweep("steady ReplicaSet", Stories.SteadySetStory::new);
  }

  @Test
  void a_deployment_that_rolls_makes_one_set_of_each_template_and_ends_at_the_last() throws InterruptedException {
    sweep("Deployment", Stories.DeploymentStory::new);
  }

  @Test
  void a_stateful_set_keeps_its_order_and_ends_at_the_last_revision() throws InterruptedException {
    sweep("StatefulSet", Stories.StatefulSetStory::new);
  }

  @Test
  void a_daemon_set_never_doubles_on_a_node_and_ends_on_all() throws InterruptedException {
    sweep("DaemonSet", Stories.DaemonSetStory::new);
  }

  @Test
  void a_job_makes_no_pod_too_many_and_counts_each_once() throws InterruptedException {
    sweep("Job", Stories.JobStory::new);
  }

  @Test
  void objects_that_make_no_sense_stop_no_controller() throws InterruptedException {
    sweep("ReplicaSet among absurd objects", () -> new AbsurdStory(new Stories.ReplicaSetStory()));
    sweep("Deployment among absurd objects", () -> new AbsurdStory(new Stories.DeploymentStory()));
    sweep("StatefulSet among absurd objects", () -> new AbsurdStory(new Stories.StatefulSetStory()));
    sweep("DaemonSet among absurd objects", () -> new AbsurdStory(new Stories.DaemonSetStory()));
    sweep("Job among absurd objects", () -> new AbsurdStory(new Stories.JobStory()));
  }
}
