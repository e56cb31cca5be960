package io.kubrig.operators.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaimTemplateBuilder;
import io.kubrig.operators.clusterroleaggregation.ClusterRoleAggregationController;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.ephemeralvolume.EphemeralVolumeController;
import io.kubrig.operators.resourceclaim.ResourceClaimController;
import io.kubrig.operators.volumebinder.VolumeBinderController;
import io.kubrig.operators.volumeprotection.ClaimProtectionController;
import io.kubrig.operators.volumeprotection.VolumeProtectionController;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** The stories of claims: each gets one thing, keeps it, and nobody else gets it. */
final class ClaimStories {
  private ClaimStories() {}

  /** Volumes and claims that come and go, and pods that use claims. A claim goes after its pods, a volume after its claim. */
  static final class BindingStory implements Story {
    private int made;

    @Override
    public List<Function<ControllerContext, Controller>> controllers() {
      return List.of(VolumeBinderController::new, ClaimProtectionController::new, VolumeProtectionController::new);
    }

    @Override
    public void begin(MemoryServer server) {
      volume(server);
      volume(server);
      claim(server);
      claim(server);
    }

    private void volume(MemoryServer server) {
      server.create(new PersistentVolumeBuilder().withNewMetadata().withName("pv-" + made++).endMetadata().withNewSpec()
          .withCapacity(Map.of("storage", new Quantity("1Gi"))).withAccessModes("ReadWriteOnce").withStorageClassName("")
          .withPersistentVolumeReclaimPolicy("Retain").withVolumeMode("Filesystem").endSpec()
          .withNewStatus().withPhase("Pending").endStatus().build());
    }

    private void claim(MemoryServer server) {
      server.create(new PersistentVolumeClaimBuilder().withNewMetadata().withName("claim-" + made++).withNamespace("ns").endMetadata()
          .withNewSpec().withAccessModes("ReadWriteOnce").withStorageClassName("").withVolumeMode("Filesystem").withNewResources()
          .addToRequests("storage", new Quantity("1Gi")).endResources().endSpec().withNewStatus().withPhase("Pending").endStatus().build());
    }

    @Override
    public void act(MemoryServer server, RandomGenerator random) {
      List<PersistentVolumeClaim> claims = Stories.all(server, PersistentVolumeClaim.class);
      List<Pod> pods = Stories.all(server, Pod.class);
      switch (random.nextInt(6)) {
        case 0 -> volume(server);
        case 1 -> claim(server);
        case 2 -> some(claims, random).forEach(claim -> server.delete(claim, Map.of(), true));
        case 3 -> some(Stories.all(server, PersistentVolume.class), random).filter(volume -> volume.getSpec().getClaimRef() == null)
            .forEach(volume -> server.delete(volume, Map.of(), true));
        case 4 -> some(claims, random).filter(claim -> !Objects.isTerminating(claim)).forEach(claim -> pod(server, claim));
        default -> some(pods, random).filter(pod -> !Objects.isTerminating(pod)).forEach(pod -> server.delete(pod, Map.of(), false));
      }
    }

    private void pod(MemoryServer server, PersistentVolumeClaim claim) {
      server.create(new PodBuilder().withNewMetadata().withName("pod-" + made++).withNamespace("ns").endMetadata()
          .withNewSpec().withNodeName("node-0").addNewVolume().withName("v")
          .withNewPersistentVolumeClaim().withClaimName(claim.getMetadata().getName()).endPersistentVolumeClaim().endVolume().endSpec()
          .withNewStatus().withPhase("Pending").endStatus().build());
    }

    private static <T> Stream<T> some(List<T> of, RandomGenerator random) {
      return of.isEmpty() ? Stream.empty() : Stream.of(of.get(random.nextInt(of.size())));
    }

    @Override
    public void saw(MemoryServer server, MemoryServer.Change change) {
      if (change.after() instanceof PersistentVolume volume && change.before() instanceof PersistentVolume before
          && before.getSpec().getClaimRef() != null && before.getSpec().getClaimRef().getUid() != null) {
        String uid = before.getSpec().getClaimRef().getUid();
        boolean kept = volume.getSpec().getClaimRef() != null && uid.equals(volume.getSpec().getClaimRef().getUid());
        boolean bound = Stories.all(server, PersistentVolumeClaim.class).stream().anyMatch(claim -> uid.equals(claim.getMetadata().getUid())
            && volume.getMetadata().getName().equals(claim.getSpec().getVolumeName()));
        assertThat(kept || !bound).as("%s is taken from a claim that has it", volume.getMetadata().getName()).isTrue();
      }
      if (change.after() instanceof PersistentVolumeClaim claim && claim.getSpec().getVolumeName() != null) {
        assertThat(Stories.all(server, PersistentVolumeClaim.class).stream()
            .filter(other -> claim.getSpec().getVolumeName().equals(other.getSpec().getVolumeName())))
            .as("claims that have %s", claim.getSpec().getVolumeName()).hasSize(1);
        if (change.before() instanceof PersistentVolumeClaim before && before.getSpec().getVolumeName() != null) {
          assertThat(claim.getSpec().getVolumeName()).isEqualTo(before.getSpec().getVolumeName());
        }
      }
      if (change.after() == null && change.before() instanceof PersistentVolumeClaim claim) {
        // one without a finalizer yet may go at any time
        boolean guarded = !Objects.orEmpty(claim.getMetadata().getFinalizers()).isEmpty();
        boolean used = guarded && Stories.all(server, Pod.class).stream().anyMatch(pod -> uses(pod, claim));
        assertThat(used).as("%s goes while a pod uses it", claim.getMetadata().getName()).isFalse();
      }
    }

    private static boolean uses(Pod pod, PersistentVolumeClaim claim) {
      return Objects.orEmpty(pod.getSpec().getVolumes()).stream()
          .anyMatch(v -> claim.getMetadata().getName().equals(v.getPersistentVolumeClaim().getClaimName()));
    }

    @Override
    public void settled(MemoryServer server) {
      List<PersistentVolumeClaim> claims = Stories.all(server, PersistentVolumeClaim.class);
      long free = Stories.all(server, PersistentVolume.class).stream()
          .filter(volume -> "Available".equals(volume.getStatus().getPhase())).count();
      for (PersistentVolumeClaim claim : claims) {
        String name = claim.getSpec().getVolumeName();
        if (name == null) {
          assertThat(free == 0 || Objects.isTerminating(claim)).as("%s waits while there are volumes", Key.of(claim)).isTrue();
          assertThat(claim.getStatus().getPhase()).isEqualTo("Pending");
        } else {
          PersistentVolume volume = server.find(PersistentVolume.class, Key.of(name)).orElseThrow();
          assertThat(volume.getSpec().getClaimRef().getUid()).isEqualTo(claim.getMetadata().getUid());
          assertThat(volume.getStatus().getPhase()).isEqualTo("Bound");
          assertThat(claim.getStatus().getPhase()).isEqualTo("Bound");
        }
        assertThat(!Objects.isTerminating(claim) || Stories.all(server, Pod.class).stream().anyMatch(pod -> uses(pod, claim)))
            .as("%s has no user and is there", Key.of(claim)).isTrue();
      }
      assertThat(Stories.all(server, PersistentVolume.class)).allSatisfy(volume -> {
        List<PersistentVolumeClaim> absurdToo = server.list(PersistentVolumeClaim.class);
        boolean had = volume.getSpec().getClaimRef() != null && absurdToo.stream()
            .noneMatch(claim -> claim.getMetadata().getUid().equals(volume.getSpec().getClaimRef().getUid()));
        assertThat(volume.getStatus().getPhase().equals("Released")).as("%s is released", Key.of(volume)).isEqualTo(had);
      });
    }
  }

  /** Pods that bring volumes and devices of their own. Each gets each of them once; what was made for one that has ended is given back. */
  static final class OwnThingsStory implements Story {
    private int made;

    @Override
    public List<Function<ControllerContext, Controller>> controllers() {
      return List.of(EphemeralVolumeController::new, ResourceClaimController::new);
    }

    @Override
    public void begin(MemoryServer server) {
      server.create(new ResourceClaimTemplateBuilder().withNewMetadata().withName("device").withNamespace("ns").endMetadata().withNewSpec()
          .withNewSpec().endSpec().endSpec().build());
      pod(server);
    }

    private void pod(MemoryServer server) {
      server.create(new PodBuilder().withNewMetadata().withName("pod-" + made++).withNamespace("ns").endMetadata().withNewSpec()
          .addNewResourceClaim().withName("gpu").withResourceClaimTemplateName("device").endResourceClaim()
          .addNewVolume().withName("scratch").withNewEphemeral().withNewVolumeClaimTemplate().withNewSpec().endSpec()
          .endVolumeClaimTemplate().endEphemeral().endVolume().endSpec().withNewStatus().withPhase("Pending").endStatus().build());
    }

    @Override
    public boolean podsEnd() {
      return true;
    }

    @Override
    public void act(MemoryServer server, RandomGenerator random) {
      pod(server);
    }

    private static List<? extends HasMetadata> of(List<? extends HasMetadata> all, Pod pod) {
      return all.stream().filter(one -> Objects.controllerOf(one).filter(o -> pod.getMetadata().getUid().equals(o.getUid())).isPresent())
          .toList();
    }

    @Override
    public void saw(MemoryServer server, MemoryServer.Change change) {
      if (change.before() == null && change.after() instanceof ResourceClaim claim) {
        Pod pod = server.find(Pod.class, new Key("ns", Objects.controllerOf(claim).orElseThrow().getName())).orElseThrow();
        assertThat(of(Stories.all(server, ResourceClaim.class), pod)).as("claims of %s", Key.of(pod)).hasSize(1);
      }
      if (change.after() == null && change.before() instanceof ResourceClaim claim) {
        Pod pod = server.find(Pod.class, new Key("ns", Objects.controllerOf(claim).orElseThrow().getName())).orElseThrow();
        assertThat(pod.getStatus().getPhase()).as("the pod whose claim is given back").isEqualTo("Succeeded");
      }
    }

    @Override
    public void settled(MemoryServer server) {
      assertThat(Stories.all(server, Pod.class)).allSatisfy(pod -> {
        assertThat(pod.getStatus().getPhase()).isEqualTo("Succeeded");
        assertThat(of(Stories.all(server, PersistentVolumeClaim.class), pod)).as("volumes of %s", Key.of(pod)).hasSizeLessThanOrEqualTo(1);
        assertThat(of(Stories.all(server, ResourceClaim.class), pod)).as("claims of %s, which has ended", Key.of(pod)).isEmpty();
      });
    }
  }

  /** Roles that come, go and are changed, and one that sums them up. */
  static final class AggregationStory implements Story {
    private int made;

    @Override
    public List<Function<ControllerContext, Controller>> controllers() {
      return List.of(ClusterRoleAggregationController::new);
    }

    @Override
    public void begin(MemoryServer server) {
      server.create(new ClusterRoleBuilder().withNewMetadata().withName("sum").endMetadata().withNewAggregationRule()
          .addNewClusterRoleSelector().addToMatchLabels("adds", "yes").endClusterRoleSelector().endAggregationRule().build());
      role(server);
    }

    private void role(MemoryServer server) {
      server.create(new ClusterRoleBuilder().withNewMetadata().withName("role-" + made).addToLabels("adds", "yes").endMetadata()
          .addNewRule().withVerbs("get").withApiGroups("").withResources("r" + made++).endRule().build());
    }

    @Override
    public void act(MemoryServer server, RandomGenerator random) {
      List<ClusterRole> roles = Stories.all(server, ClusterRole.class);
      ClusterRole role = roles.get(random.nextInt(roles.size()));
      if (role.getAggregationRule() != null || random.nextInt(3) == 0) {
        role(server);
      } else if (random.nextBoolean()) {
        server.delete(role, Map.of(), true);
      } else {
        String adds = random.nextBoolean() ? "yes" : "no";
        server.update(MemoryServer.edit(role, tree -> tree.withObjectProperty("metadata").withObjectProperty("labels").put("adds", adds)),
            false);
      }
    }

    @Override
    public void saw(MemoryServer server, MemoryServer.Change change) {
      assertThat(server.find(ClusterRole.class, Key.of("sum"))).isPresent();
    }

    @Override
    public void settled(MemoryServer server) {
      List<PolicyRule> wanted = Stories.all(server, ClusterRole.class).stream()
          .filter(role -> "yes".equals(Objects.labels(role).get("adds")))
          .flatMap(role -> role.getRules().stream()).toList();
      ClusterRole sum = server.find(ClusterRole.class, Key.of("sum")).orElseThrow();
      assertThat(Objects.orEmpty(sum.getRules())).containsExactlyInAnyOrderElementsOf(wanted);
    }
  }
}
