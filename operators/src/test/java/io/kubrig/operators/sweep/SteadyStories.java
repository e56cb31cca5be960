package io.kubrig.operators.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ReplicationController;
import io.fabric8.kubernetes.api.model.ReplicationControllerBuilder;
import io.fabric8.kubernetes.api.model.storage.CSIDriver;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.pods.Pods;
import io.kubrig.operators.replicas.ReplicaController;
import io.kubrig.operators.replicationcontroller.ReplicationControllers;
import io.kubrig.operators.selinuxwarning.SelinuxWarningController;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The stories of a set of the old kind, and of one who only looks. */
final class SteadyStories {
  private SteadyStories() {}

  /** A ReplicationController whose user resizes it, as {@link Stories.ReplicaSetStory}. */
  static final class OldSetStory implements Story {
    private static final int MOST = 5;

    @Override
    public List<Function<ControllerContext, Controller>> controllers() {
      return List.of(context -> new ReplicaController<>(new ReplicationControllers(), "replication-controller", context));
    }

    @Override
    public void begin(MemoryServer server) {
      server.create(new ReplicationControllerBuilder().withNewMetadata().withName("web").withNamespace("ns").endMetadata().withNewSpec()
          .withReplicas(3).addToSelector("app", "web").withTemplate(Stories.template(1)).endSpec().build());
    }

    @Override
    public void act(MemoryServer server, RandomGenerator random) {
      Stories.edit(server, ReplicationController.class, "replicas", random.nextInt(MOST + 1));
    }

    private static ReplicationController set(MemoryServer server) {
      return server.find(ReplicationController.class, Stories.KEY).orElseThrow();
    }

    @Override
    public void saw(MemoryServer server, MemoryServer.Change change) {
      if (change.after() instanceof Pod) {
        assertThat(Stories.active(server, set(server))).as("pods at once").hasSizeLessThanOrEqualTo(MOST);
      }
    }

    @Override
    public void settled(MemoryServer server) {
      int wanted = set(server).getSpec().getReplicas();
      assertThat(Stories.active(server, set(server))).hasSize(wanted);
      assertThat(Stories.all(server, Pod.class)).allSatisfy(pod -> assertThat(Objects.controllerOf(pod)).isPresent());
      assertThat(set(server).getStatus().getReadyReplicas()).isEqualTo(wanted);
      assertThat(set(server).getStatus().getObservedGeneration()).isEqualTo(set(server).getMetadata().getGeneration());
    }
  }

  /** Pods that share a volume under different labels are warned of, whoever came first; nothing else is ever done. */
  static final class LabelsStory implements Story {
    private final Set<String> warned = ConcurrentHashMap.newKeySet(); // by the recorder's thread
    private int made;

    @Override
    public List<Function<ControllerContext, Controller>> controllers() {
      return List.of(SelinuxWarningController::new);
    }

    @Override
    public void begin(MemoryServer server) {
      server.create(Objects.parse("{\"metadata\": {\"name\": \"d.example\"}, \"spec\": {\"seLinuxMount\": true}}", CSIDriver.class));
      for (int i = 0; i < 2; i++) {
        server.create(Objects.parse("{\"metadata\": {\"name\": \"volume-" + i + "\"}, \"spec\": {\"csi\": {\"driver\": \"d.example\","
            + " \"volumeHandle\": \"h\"}}}", PersistentVolume.class));
        server.create(Objects.parse("{\"metadata\": {\"name\": \"claim-" + i + "\", \"namespace\": \"ns\"}, \"spec\": {\"volumeName\": "
            + "\"volume-" + i + "\"}}", PersistentVolumeClaim.class));
      }
    }

    @Override
    public void act(MemoryServer server, RandomGenerator random) {
      List<Pod> pods = Stories.all(server, Pod.class);
      if (pods.size() > 5) {
        server.delete(pods.get(random.nextInt(pods.size())), Map.of(), true);
      } else {
        server.create(Objects.parse("""
            {"metadata": {"name": "pod-%d", "namespace": "ns"}, "spec": {"nodeName": "node-0",
             "securityContext": {"seLinuxOptions": {"level": "s0:c%d"}},
             "containers": [{"name": "app", "volumeMounts": [{"name": "v", "mountPath": "/v"}]}],
             "volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": "claim-%d"}}]}}
            """.formatted(made++, random.nextInt(2), random.nextInt(2)), Pod.class));
      }
    }

    @Override
    public void told(Event event) {
      assertThat(event.getReason()).isEqualTo("SELinuxLabelConflict");
      warned.add(event.getInvolvedObject().getName());
    }

    @Override
    public void saw(MemoryServer server, MemoryServer.Change change) {
      assertThat(change.after() == null || change.before() == null || change.after() instanceof Pod).as("nobody changes what is there")
          .isTrue();
    }

    @Override
    public void settled(MemoryServer server) {
      Map<String, Set<String>> labels = living(server).collect(Collectors.groupingBy(LabelsStory::claim,
          Collectors.mapping(pod -> pod.getSpec().getSecurityContext().getSeLinuxOptions().getLevel(), Collectors.toSet())));
      assertThat(living(server).filter(pod -> labels.get(claim(pod)).size() > 1).map(pod -> pod.getMetadata().getName()).toList())
          .as("pods that share a volume under different labels").isSubsetOf(warned);
    }

    private static Stream<Pod> living(MemoryServer server) {
      return Stories.all(server, Pod.class).stream().filter(pod -> !Pods.isFinished(pod));
    }

    private static String claim(Pod pod) {
      return pod.getSpec().getVolumes().getFirst().getPersistentVolumeClaim().getClaimName();
    }
  }
}
