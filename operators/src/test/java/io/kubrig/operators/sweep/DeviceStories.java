package io.kubrig.operators.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.AttachedVolume;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceSlice;
import io.fabric8.kubernetes.api.model.storage.VolumeAttachment;
import io.kubrig.operators.attachdetach.AttachDetachController;
import io.kubrig.operators.devicetainteviction.DeviceTaintEvictionController;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.pods.Pods;
import io.kubrig.operators.resourcequota.ResourceQuotaController;
import io.kubrig.operators.volumeexpand.VolumeExpandController;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/** The stories of things that pods use: volumes on nodes, devices, and their share of a quota. */
final class DeviceStories {
  private DeviceStories() {}

  private static <T> Optional<T> some(List<T> of, RandomGenerator random) {
    return of.isEmpty() ? Optional.empty() : Optional.of(of.get(random.nextInt(of.size())));
  }

  private static void pod(MemoryServer server, String name, String node, String rest) {
    server.create(Objects.parse("""
        {"metadata": {"name": "%s", "namespace": "ns"}, "spec": {"nodeName": "%s", %s}, "status": {"phase": "Pending"}}
        """.formatted(name, node, rest), Pod.class));
  }

  /** Two nodes, three volumes that may be on one of them only, and pods that use them. Somebody else attaches what is to be attached. */
  static final class AttachmentStory implements Story {
    private static final int VOLUMES = 3;
    private int made;
    private boolean driver; // whether it is the driver who acts

    @Override
    public List<Function<ControllerContext, Controller>> controllers() {
      return List.of(AttachDetachController::new, VolumeExpandController::new);
    }

    @Override
    public void begin(MemoryServer server) {
      for (int i = 0; i < 2; i++) {
        server.create(Objects.parse("""
            {"metadata": {"name": "node-%d", "annotations": {"volumes.kubernetes.io/controller-managed-attach-detach": "true"}},
             "spec": {}, "status": {"conditions": [{"type": "Ready", "status": "True"}]}}
            """.formatted(i), Node.class));
      }
      for (int i = 0; i < VOLUMES; i++) {
        PersistentVolumeClaim claim = server.create(Objects.parse("""
            {"metadata": {"name": "c%d", "namespace": "ns"}, "spec": {"volumeName": "pv%d", "resources": {"requests": {"storage": "1Gi"}}},
             "status": {"phase": "Bound", "capacity": {"storage": "1Gi"}}}
            """.formatted(i, i), PersistentVolumeClaim.class));
        server.create(Objects.parse("""
            {"metadata": {"name": "pv%d"}, "spec": {"accessModes": ["ReadWriteOnce"], "csi": {"driver": "d", "volumeHandle": "h%d"},
             "claimRef": {"namespace": "ns", "name": "c%d", "uid": "%s"}}, "status": {"phase": "Bound"}}
            """.formatted(i, i, i, claim.getMetadata().getUid()), PersistentVolume.class));
      }
    }

    @Override
    public void act(MemoryServer server, RandomGenerator random) {
      List<Pod> pods = Stories.all(server, Pod.class);
      if (pods.size() > 4 || random.nextInt(3) == 0) {
        some(pods, random).filter(pod -> !Objects.isTerminating(pod)).ifPresent(pod -> server.delete(pod, Map.of(), false));
      } else {
        int volume = random.nextInt(VOLUMES);
        pod(server, "pod-" + made++, "node-" + random.nextInt(2),
            "\"volumes\": [{\"name\": \"v\", \"persistentVolumeClaim\": {\"claimName\": \"c" + volume + "\"}}]");
      }
    }

    @Override
    public void tick(MemoryServer server, Instant now) {
      driver = true;
      Stories.all(server, VolumeAttachment.class).stream().filter(attachment -> !isAttached(attachment))
          .forEach(attachment -> server.update(
              MemoryServer.edit(attachment, tree -> tree.withObjectProperty("status").put("attached", true)), true));
      driver = false;
    }

    private static boolean isAttached(VolumeAttachment attachment) {
      return attachment.getStatus() != null && Boolean.TRUE.equals(attachment.getStatus().getAttached());
    }

    private static String volume(VolumeAttachment attachment) {
      return attachment.getSpec().getSource().getPersistentVolumeName();
    }

    private static boolean uses(Pod pod, String volume) {
      return pod.getSpec().getVolumes().getFirst().getPersistentVolumeClaim().getClaimName().equals(volume.replace("pv", "c"));
    }

    @Override
    public void saw(MemoryServer server, MemoryServer.Change change) {
      if (driver) {
        return;
      }
      if (change.before() == null && change.after() instanceof VolumeAttachment made) {
        assertThat(Stories.all(server, VolumeAttachment.class).stream().filter(other -> volume(other).equals(volume(made))))
            .as("attachments of %s", volume(made)).hasSize(1);
      }
      if (change.after() == null && change.before() instanceof VolumeAttachment gone) {
        Node node = server.find(Node.class, Key.of(gone.getSpec().getNodeName())).orElseThrow();
        assertThat(names(node)).as("what %s believes to have", Key.of(node)).doesNotContain("kubernetes.io/csi/d^h"
            + volume(gone).substring("pv".length()));
      }
    }

    private static List<String> names(Node node) {
      return Objects.orEmpty(node.getStatus().getVolumesAttached()).stream().map(AttachedVolume::getName).toList();
    }

    @Override
    public void settled(MemoryServer server) {
      List<VolumeAttachment> attachments = Stories.all(server, VolumeAttachment.class);
      assertThat(attachments).allSatisfy(attachment -> assertThat(Stories.all(server, Pod.class))
          .as("a pod on %s that uses %s", attachment.getSpec().getNodeName(), volume(attachment))
          .anyMatch(pod -> pod.getSpec().getNodeName().equals(attachment.getSpec().getNodeName()) && uses(pod, volume(attachment))));
      for (Pod pod : Stories.all(server, Pod.class)) {
        assertThat(attachments).as("some attachment of what %s uses", Key.of(pod)).anyMatch(a -> uses(pod, volume(a)));
      }
      for (Node node : Stories.all(server, Node.class)) {
        Set<String> attached = new TreeSet<>();
        attachments.stream().filter(a -> a.getSpec().getNodeName().equals(node.getMetadata().getName()))
            .forEach(a -> attached.add("kubernetes.io/csi/d^h" + volume(a).substring("pv".length())));
        assertThat(names(node)).as("what is attached to %s", Key.of(node)).containsExactlyInAnyOrderElementsOf(attached);
      }
    }
  }

  /** Devices that get and lose taints, claims for them, and pods. Who uses a device that never had a taint stays. */
  static final class TaintStory implements Story {
    private static final int DEVICES = 4;
    private final Set<String> tainted = new HashSet<>(); // devices that ever were
    private int made;
    private boolean users; // whether it is a user who acts

    @Override
    public List<Function<ControllerContext, Controller>> controllers() {
      return List.of(DeviceTaintEvictionController::new);
    }

    @Override
    public void begin(MemoryServer server) {
      for (int i = 0; i < DEVICES; i++) {
        server.create(Objects.parse("""
            {"metadata": {"name": "slice-%d"}, "spec": {"driver": "d", "pool": {"name": "pool-%d", "generation": 1}, "devices":
             [{"name": "dev"}]}}
            """.formatted(i, i), ResourceSlice.class));
      }
    }

    @Override
    public void act(MemoryServer server, RandomGenerator random) {
      throw new UnsupportedOperationException("needs to know the time");
    }

    @Override
    public void act(MemoryServer server, RandomGenerator random, Instant now) {
      users = true;
      int device = random.nextInt(DEVICES);
      List<Pod> pods = Stories.all(server, Pod.class);
      if (random.nextInt(3) == 0) {
        boolean taints = device > 0 && random.nextBoolean(); // the first one never gets any
        ResourceSlice slice = server.find(ResourceSlice.class, Key.of("slice-" + device)).orElseThrow();
        server.update(MemoryServer.edit(slice, tree -> {
          var list = ((com.fasterxml.jackson.databind.node.ObjectNode) tree.at("/spec/devices/0")).putArray("taints");
          if (taints) {
            tainted.add("pool-" + device);
            list.addObject().put("key", "bad").put("effect", "NoExecute").put("timeAdded", Objects.time(now));
          }
        }), false);
      } else if (pods.size() > 5) {
        some(pods, random).filter(pod -> !Objects.isTerminating(pod)).ifPresent(pod -> server.delete(pod, Map.of(), false));
      } else {
        use(server, device, random.nextInt(3));
      }
      users = false;
    }

    private void use(MemoryServer server, int device, int tolerance) {
      String name = "user-" + made++;
      pod(server, name, "node-0", "\"resourceClaims\": [{\"name\": \"x\", \"resourceClaimName\": \"" + name + "\"}]");
      String uid = server.find(Pod.class, new Key("ns", name)).orElseThrow().getMetadata().getUid();
      String toleration = tolerance == 0 ? "" : "{\"operator\": \"Exists\", \"effect\": \"NoExecute\""
          + (tolerance == 1 ? "" : ", \"tolerationSeconds\": 40") + "}";
      server.create(Objects.parse("""
          {"metadata": {"name": "%s", "namespace": "ns"}, "spec": {}, "status": {"reservedFor": [{"resource": "pods", "name": "%s",
           "uid": "%s"}], "allocation": {"devices": {"results": [{"driver": "d", "pool": "pool-%d", "device": "dev",
           "tolerations": [%s]}]}}}}
          """.formatted(name, name, uid, device, toleration), ResourceClaim.class));
    }

    private static Optional<ResourceClaim> claim(MemoryServer server, Pod pod) {
      return server.find(ResourceClaim.class, Key.of(pod));
    }

    @Override
    public void saw(MemoryServer server, MemoryServer.Change change) {
      boolean ends = change.after() instanceof Pod after && Objects.isTerminating(after)
          && change.before() instanceof Pod before && !Objects.isTerminating(before);
      if (ends && !users) {
        Pod pod = (Pod) change.after();
        var result = claim(server, pod).orElseThrow().getStatus().getAllocation().getDevices().getResults().getFirst();
        assertThat(tainted).as("devices that had taints").contains(result.getPool());
        boolean forEver = result.getTolerations().stream().anyMatch(toleration -> toleration.getTolerationSeconds() == null);
        assertThat(forEver).as("%s tolerates for ever", Key.of(pod)).isFalse();
      }
    }

    @Override
    public void settled(MemoryServer server) {
      for (Pod pod : Stories.all(server, Pod.class)) {
        var result = claim(server, pod).orElseThrow().getStatus().getAllocation().getDevices().getResults().getFirst();
        ResourceSlice slice = server.find(ResourceSlice.class, Key.of(result.getPool().replace("pool", "slice"))).orElseThrow();
        boolean bad = !Objects.orEmpty(slice.getSpec().getDevices().getFirst().getTaints()).isEmpty();
        boolean tolerant = result.getTolerations().stream().anyMatch(toleration -> toleration.getTolerationSeconds() == null);
        assertThat(bad && !tolerant).as("%s still uses a tainted device", Key.of(pod)).isFalse();
      }
    }
  }

  /** A quota, and what is counted against it. */
  static final class QuotaStory implements Story {
    private static final Key QUOTA = new Key("ns", "quota");
    private int made;

    @Override
    public List<Function<ControllerContext, Controller>> controllers() {
      return List.of(ResourceQuotaController::new);
    }

    @Override
    public boolean podsEnd() {
      return true;
    }

    @Override
    public void begin(MemoryServer server) {
      server.create(Objects.parse("""
          {"metadata": {"name": "quota", "namespace": "ns"}, "spec": {"hard": {"pods": "9", "services": "9", "requests.storage": "90Gi"}},
           "status": {}}
          """, ResourceQuota.class));
    }

    @Override
    public void act(MemoryServer server, RandomGenerator random) {
      switch (random.nextInt(7)) {
        case 0 -> pod(server, "pod-" + made++, "node-0", "\"containers\": [{\"name\": \"c\"}]");
        case 1 -> server.create(Objects.parse("{\"metadata\": {\"name\": \"s" + made++ + "\", \"namespace\": \"ns\"}, \"spec\": {}}",
            Service.class));
        case 2 -> server.create(Objects.parse("{\"metadata\": {\"name\": \"c" + made++ + "\", \"namespace\": \"ns\"}, \"spec\":"
            + " {\"resources\": {\"requests\": {\"storage\": \"2Gi\"}}}, \"status\": {}}", PersistentVolumeClaim.class));
        case 3 -> some(Stories.all(server, Pod.class), random).ifPresent(pod -> server.delete(pod, Map.of(), true));
        case 4 -> some(Stories.all(server, Service.class), random).ifPresent(service -> server.delete(service, Map.of(), true));
        case 5 -> some(Stories.all(server, PersistentVolumeClaim.class), random).ifPresent(c -> server.delete(c, Map.of(), true));
        default -> server.update(MemoryServer.edit(server.find(ResourceQuota.class, QUOTA).orElseThrow(),
            tree -> tree.withObjectProperty("spec").withObjectProperty("hard").put("pods", Integer.toString(3 + random.nextInt(9)))),
                false);
      }
    }

    @Override
    public void saw(MemoryServer server, MemoryServer.Change change) {
      if (change.after() instanceof ResourceQuota quota && change.before() instanceof ResourceQuota) {
        assertThat(Objects.orEmpty(quota.getStatus().getUsed()).keySet()).isSubsetOf("pods", "services", "requests.storage");
      }
    }

    @Override
    public void settled(MemoryServer server) {
      ResourceQuota quota = server.find(ResourceQuota.class, QUOTA).orElseThrow();
      assertThat(quota.getStatus().getHard()).isEqualTo(quota.getSpec().getHard());
      long running = server.list(Pod.class).stream().filter(pod -> !Pods.isFinished(pod)).count();
      assertThat(used(quota, "pods")).isEqualTo(running);
      assertThat(used(quota, "services")).isEqualTo(server.list(Service.class).size());
      assertThat(used(quota, "requests.storage") >> 30).isEqualTo(2L * Stories.all(server, PersistentVolumeClaim.class).size());
    }

    private static long used(ResourceQuota quota, String name) {
      return quota.getStatus().getUsed().get(name).getNumericalAmount().longValueExact();
    }
  }
}
