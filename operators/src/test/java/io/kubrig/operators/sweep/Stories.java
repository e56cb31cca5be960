package io.kubrig.operators.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.kubrig.operators.daemonset.DaemonSetController;
import io.kubrig.operators.deployment.DeploymentController;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.job.JobController;
import io.kubrig.operators.podgc.PodGcController;
import io.kubrig.operators.pods.Pods;
import io.kubrig.operators.replicas.ReplicaController;
import io.kubrig.operators.replicaset.ReplicaSets;
import io.kubrig.operators.statefulset.StatefulSetController;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/** The stories of the workload controllers. In all of them the kubelet is kind: a pod that is ready stays ready until it is deleted. */
final class Stories {
  static final Key KEY = new Key("ns", "web");
  private static final int MOST = 5;

  private Stories() {}

  static PodTemplateSpec template(int version) {
    return new PodTemplateSpecBuilder().withNewMetadata().addToLabels("app", "web").endMetadata()
        .withNewSpec().addNewContainer().withName("app").withImage("i:" + version).endContainer().endSpec().build();
  }

  /** All objects of a kind that make sense. */
  static <T extends HasMetadata> List<T> all(MemoryServer server, Class<T> kind) {
    return server.list(kind).stream().filter(object -> !object.getMetadata().getName().startsWith(AbsurdStory.ABSURD)).toList();
  }

  static List<Pod> active(MemoryServer server, HasMetadata owner) {
    return all(server, Pod.class).stream().filter(Pods::isActive)
        .filter(pod -> Objects.controllerOf(pod).filter(o -> owner.getMetadata().getUid().equals(o.getUid())).isPresent()).toList();
  }

  static <T extends HasMetadata> void edit(MemoryServer server, Class<T> kind, String field, Object value) {
    T object = server.find(kind, KEY).orElseThrow();
    server.update(MemoryServer.edit(object, tree -> tree.withObjectProperty("spec").putPOJO(field, value)), false);
  }

  private static String image(PodSpec spec) {
    return spec.getContainers().getFirst().getImage();
  }

  private static void noOrphans(MemoryServer server) {
    assertThat(all(server, Pod.class))
        .allSatisfy(pod -> assertThat(Objects.controllerOf(pod)).as("owner of %s", pod.getMetadata().getName()).isPresent());
  }

  /** A set whose user resizes it. Never more pods than it was ever to have. */
  static final class ReplicaSetStory implements Story {
    @Override
    public List<Function<ControllerContext, Controller>> controllers() {
      return List.of(context -> new ReplicaController<>(new ReplicaSets(), "replicaset-controller", context));
    }

    @Override
    public void begin(MemoryServer server) {
      server.create(new ReplicaSetBuilder().withNewMetadata().withName("web").withNamespace("ns").endMetadata().withNewSpec()
          .withReplicas(3)
          .withNewSelector().addToMatchLabels("app", "web").endSelector().withTemplate(template(1)).endSpec().build());
    }

    @Override
    public void act(MemoryServer server, RandomGenerator random) {
      edit(server, ReplicaSet.class, "replicas", random.nextInt(MOST + 1));
    }

    @Override
    public void saw(MemoryServer server, MemoryServer.Change change) {
      if (change.after() instanceof Pod) {
        ReplicaSet set = server.find(ReplicaSet.class, KEY).orElseThrow();
        assertThat(active(server, set).size()).as("pods at once").isLessThanOrEqualTo(MOST);
      }
    }

    @Override
    public void settled(MemoryServer server) {
      ReplicaSet set = server.find(ReplicaSet.class, KEY).orElseThrow();
      noOrphans(server);
      assertThat(active(server, set)).hasSize(set.getSpec().getReplicas());
      assertThat(set.getStatus().getReadyReplicas()).isEqualTo(set.getSpec().getReplicas());
      assertThat(set.getStatus().getObservedGeneration()).isEqualTo(set.getMetadata().getGeneration());
    }
  }

  /** A set of constant size that nobody touches: exactly so many pods are ever made, and none is ever deleted. */
  static final class SteadySetStory implements Story {
    private final ReplicaSetStory sets = new ReplicaSetStory();
    private int made;

    @Override
    public List<Function<ControllerContext, Controller>> controllers() {
      return sets.controllers();
    }

    @Override
    public void begin(MemoryServer server) {
      sets.begin(server);
    }

    @Override
    public void act(MemoryServer server, RandomGenerator random) {
      // the user is content
    }

    @Override
    public void saw(MemoryServer server, MemoryServer.Change change) {
      if (change.before() == null && change.after() instanceof Pod) {
        made++;
        assertThat(made).as("pods ever made").isLessThanOrEqualTo(3);
      }
      if (change.before() instanceof Pod && (change.after() == null || Objects.isTerminating(change.after()))) {
        throw new AssertionError("a pod that should live was deleted: " + change.before().getMetadata().getName());
      }
    }

    @Override
    public void settled(MemoryServer server) {
      sets.settled(server);
      assertThat(made).isEqualTo(3);
    }
  }

  /** A deployment that is resized and given new templates while it rolls. */
  static final class DeploymentStory implements Story {
    private int version = 1;

    @Override
    public List<Function<ControllerContext, Controller>> controllers() {
      return List.of(DeploymentController::new, context -> new ReplicaController<>(new ReplicaSets(), "replicaset-controller", context));
    }

    @Override
    public void begin(MemoryServer server) {
      server.create(new DeploymentBuilder().withNewMetadata().withName("web").withNamespace("ns").endMetadata().withNewSpec()
          .withReplicas(3)
          .withRevisionHistoryLimit(10).withProgressDeadlineSeconds(600).withNewSelector().addToMatchLabels("app", "web").endSelector()
          .withNewStrategy().withType("RollingUpdate").withNewRollingUpdate().withNewMaxSurge(1).withNewMaxUnavailable(1).endRollingUpdate()
              .endStrategy()
          .withTemplate(template(1)).endSpec().build());
    }

    @Override
    public void act(MemoryServer server, RandomGenerator random) {
      if (random.nextBoolean()) {
        edit(server, Deployment.class, "replicas", random.nextInt(MOST + 1));
      } else {
        version++;
        edit(server, Deployment.class, "template", new com.fasterxml.jackson.databind.ObjectMapper().valueToTree(template(version)));
      }
    }

    @Override
    public void saw(MemoryServer server, MemoryServer.Change change) {
      if (change.after() instanceof ReplicaSet && change.before() != null) {
        return;
      }
      if (change.after() instanceof ReplicaSet set) {
        long same = all(server, ReplicaSet.class).stream()
            .filter(other -> image(other.getSpec().getTemplate().getSpec()).equals(image(set.getSpec().getTemplate().getSpec()))).count();
        assertThat(same).as("sets of one template").isEqualTo(1);
      }
    }

    @Override
    public void settled(MemoryServer server) {
      Deployment deployment = server.find(Deployment.class, KEY).orElseThrow();
      int wanted = deployment.getSpec().getReplicas();
      String image = image(deployment.getSpec().getTemplate().getSpec());
      noOrphans(server);
      assertThat(all(server, ReplicaSet.class))
          .allSatisfy(set -> assertThat(set.getSpec().getReplicas())
          .isEqualTo(image(set.getSpec().getTemplate().getSpec()).equals(image) ? wanted : 0));
      assertThat(all(server, Pod.class).stream().filter(Pods::isActive)).hasSize(wanted)
          .allSatisfy(pod -> assertThat(image(pod.getSpec())).isEqualTo(image));
      assertThat(deployment.getStatus().getObservedGeneration()).isEqualTo(deployment.getMetadata().getGeneration());
      assertThat(Objects.orElse(deployment.getStatus().getUpdatedReplicas(), 0)).isEqualTo(wanted);
    }
  }

  /**
   * A stateful set that is given new templates, and in half of the worlds is resized. A resize may take a pod away while another one is
   * being replaced, as in the native controller; without one no two pods ever end at once.
   */
  static final class StatefulSetStory implements Story {
    private final boolean forced;
    private int version = 1;
    private Boolean resizes;

    StatefulSetStory() {
      this(false);
    }

    /** @param forced whether pods that are not ready are given up for a new revision */
    StatefulSetStory(boolean forced) {
      this.forced = forced;
    }

    @Override
    public List<Function<ControllerContext, Controller>> controllers() {
      return List.of(StatefulSetController::new);
    }

    @Override
    public void begin(MemoryServer server) {
      server.create(new StatefulSetBuilder().withNewMetadata().withName("web").withNamespace("ns")
          .addToAnnotations("kubrig.io/forced-rollback", Boolean.toString(forced)).endMetadata().withNewSpec()
          .withReplicas(3)
          .withServiceName("web").withRevisionHistoryLimit(10).withNewSelector().addToMatchLabels("app", "web").endSelector()
          .withPodManagementPolicy("OrderedReady").withNewUpdateStrategy().withType("RollingUpdate").withNewRollingUpdate().withPartition(0)
          .endRollingUpdate().endUpdateStrategy().withTemplate(template(1)).addNewVolumeClaimTemplate().withNewMetadata().withName("data")
              .endMetadata()
          .withNewSpec().endSpec().endVolumeClaimTemplate().endSpec().build());
    }

    @Override
    public void act(MemoryServer server, RandomGenerator random) {
      resizes = resizes == null ? Boolean.valueOf(random.nextBoolean()) : resizes;
      if (resizes && random.nextBoolean()) {
        edit(server, StatefulSet.class, "replicas", random.nextInt(MOST));
      } else {
        version++;
        edit(server, StatefulSet.class, "template", new com.fasterxml.jackson.databind.ObjectMapper().valueToTree(template(version)));
      }
    }

    @Override
    public void saw(MemoryServer server, MemoryServer.Change change) {
      if (change.before() == null && change.after() instanceof Pod pod) {
        int ordinal = Integer.parseInt(pod.getMetadata().getName().substring("web-".length()));
        for (int lower = 0; lower < ordinal; lower++) {
          assertThat(server.find(Pod.class, new Key("ns", "web-" + lower))).as("the pod before web-%d", ordinal).isPresent();
        }
      }
      if (Boolean.FALSE.equals(resizes)) {
        long terminating = all(server, Pod.class).stream().filter(Objects::isTerminating).count();
        assertThat(terminating).as("pods that end at once").isLessThanOrEqualTo(1);
      }
    }

    @Override
    public void settled(MemoryServer server) {
      StatefulSet set = server.find(StatefulSet.class, KEY).orElseThrow();
      noOrphans(server);
      assertThat(all(server, Pod.class)).hasSize(set.getSpec().getReplicas()).allSatisfy(pod -> {
        assertThat(pod.getMetadata().getLabels()).containsEntry("controller-revision-hash", set.getStatus().getUpdateRevision());
        assertThat(image(pod.getSpec())).isEqualTo(image(set.getSpec().getTemplate().getSpec()));
      });
      assertThat(set.getStatus().getCurrentRevision()).isEqualTo(set.getStatus().getUpdateRevision());
      assertThat(Objects.orElse(set.getStatus().getReadyReplicas(), 0)).isEqualTo(set.getSpec().getReplicas());
    }
  }

  /** A daemon set on nodes that come and go. */
  static final class DaemonSetStory implements Story {
    private int version = 1;

    @Override
    public List<Function<ControllerContext, Controller>> controllers() {
      return List.of(DaemonSetController::new, PodGcController::new); // who clears away the pods of nodes that are gone
    }

    @Override
    public void begin(MemoryServer server) {
      for (int i = 0; i < 3; i++) {
        server.create(node(i));
      }
      server.create(new DaemonSetBuilder().withNewMetadata().withName("web").withNamespace("ns").endMetadata().withNewSpec()
          .withRevisionHistoryLimit(10).withNewSelector().addToMatchLabels("app", "web").endSelector()
          .withNewUpdateStrategy().withType("RollingUpdate").withNewRollingUpdate().withNewMaxUnavailable(1).withNewMaxSurge(0)
              .endRollingUpdate()
          .endUpdateStrategy().withTemplate(template(1)).endSpec().build());
    }

    private static Node node(int number) {
      return new NodeBuilder().withNewMetadata().withName("node-" + number).endMetadata().withNewSpec().endSpec().withNewStatus()
          .endStatus().build();
    }

    @Override
    public void act(MemoryServer server, RandomGenerator random) {
      if (random.nextInt(3) == 0) {
        version++;
        edit(server, DaemonSet.class, "template", new com.fasterxml.jackson.databind.ObjectMapper().valueToTree(template(version)));
        return;
      }
      Node node = node(random.nextInt(MOST));
      if (server.find(Node.class, Key.of(node)).isEmpty()) {
        server.create(node);
      } else {
        server.delete(node, Map.of(), true);
      }
    }

    private static String node(Pod pod) {
      return pod.getSpec().getAffinity().getNodeAffinity().getRequiredDuringSchedulingIgnoredDuringExecution().getNodeSelectorTerms()
          .getFirst()
          .getMatchFields().getFirst().getValues().getFirst();
    }

    @Override
    public void saw(MemoryServer server, MemoryServer.Change change) {
      if (change.before() == null && change.after() instanceof Pod pod) {
        long there = all(server, Pod.class).stream().filter(Pods::isActive).filter(other -> node(other).equals(node(pod))).count();
        assertThat(there).as("pods on %s", node(pod)).isEqualTo(1);
      }
    }

    @Override
    public void settled(MemoryServer server) {
      DaemonSet set = server.find(DaemonSet.class, KEY).orElseThrow();
      noOrphans(server);
      List<String> nodes = server.list(Node.class).stream().map(node -> node.getMetadata().getName()).toList();
      assertThat(all(server, Pod.class).stream().map(DaemonSetStory::node)).containsExactlyInAnyOrderElementsOf(nodes);
      assertThat(all(server, Pod.class)).allSatisfy(pod ->
          assertThat(image(pod.getSpec())).isEqualTo(image(set.getSpec().getTemplate().getSpec())));
      assertThat(set.getStatus().getNumberReady()).isEqualTo(nodes.size());
    }
  }

  /** A job whose pods all succeed: it never makes more of them than it needs, and counts each once. */
  static final class JobStory implements Story {
    private static final int COMPLETIONS = 4;
    private int made;

    @Override
    public List<Function<ControllerContext, Controller>> controllers() {
      return List.of(JobController::new);
    }

    @Override
    public boolean podsEnd() {
      return true;
    }

    @Override
    public void begin(MemoryServer server) {
      PodTemplateSpec template = template(1);
      template.getSpec().setRestartPolicy("Never");
      server.create(new JobBuilder().withNewMetadata().withName("web").withNamespace("ns").endMetadata().withNewSpec()
          .withCompletions(COMPLETIONS).withParallelism(2).withBackoffLimit(6).withCompletionMode("NonIndexed").withSuspend(false)
          .withPodReplacementPolicy("TerminatingOrFailed").withNewSelector().addToMatchLabels("app", "web").endSelector()
              .withTemplate(template)
          .endSpec().build());
    }

    @Override
    public void act(MemoryServer server, RandomGenerator random) {
      // the user waits
    }

    @Override
    public void saw(MemoryServer server, MemoryServer.Change change) {
      if (change.before() == null && change.after() instanceof Pod) {
        made++;
        assertThat(made).as("pods ever made").isLessThanOrEqualTo(COMPLETIONS);
        long running = all(server, Pod.class).stream().filter(Pods::isActive).count();
        assertThat(running).as("pods at once").isLessThanOrEqualTo(2);
      }
      if (change.after() instanceof Job job && job.getStatus() != null) {
        assertThat(Objects.orElse(job.getStatus().getSucceeded(), 0)).as("pods counted").isLessThanOrEqualTo(COMPLETIONS);
      }
    }

    @Override
    public void settled(MemoryServer server) {
      Job job = server.find(Job.class, KEY).orElseThrow();
      assertThat(job.getStatus().getSucceeded()).isEqualTo(COMPLETIONS);
      assertThat(job.getStatus().getConditions()).anySatisfy(condition -> assertThat(condition.getType()).isEqualTo("Complete"));
      assertThat(all(server, Pod.class)).hasSize(COMPLETIONS)
          .allSatisfy(pod -> assertThat(Objects.orEmpty(pod.getMetadata().getFinalizers())).isEmpty());
    }
  }
}
