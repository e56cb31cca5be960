package io.kubrig.scheduler.cycle;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Makes volumes, claims and what nodes can attach, at random and so few that pods compete for them. */
final class RandomVolumes {
  private static final KubernetesSerialization YAML = new KubernetesSerialization();
  private static final int CLAIMS = 6;

  private final Random random;

  RandomVolumes(Random random) {
    this.random = random;
  }

  private boolean oneIn(int n) {
    return random.nextInt(n) == 0;
  }

  private static HasMetadata read(String text) {
    return YAML.unmarshal("---\n" + text);
  }

  /** A use of one of the claims. */
  Volume use() {
    return new VolumeBuilder().withName("v").withNewPersistentVolumeClaim().withClaimName("c" + random.nextInt(CLAIMS))
        .endPersistentVolumeClaim().build();
  }

  /** Everything that there is at first. */
  List<HasMetadata> all() {
    List<HasMetadata> out = new ArrayList<>();
    out.add(read("{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: late}, provisioner: d,"
        + " volumeBindingMode: WaitForFirstConsumer}"));
    out.add(read("{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: local}, provisioner: kubernetes.io/no-provisioner,"
        + " volumeBindingMode: WaitForFirstConsumer}"));
    for (String namespace : RandomCluster.NAMESPACES) {
      for (int i = 0; i < CLAIMS; i++) {
        out.add(volume(namespace, i));
        out.add(claim(namespace, i));
      }
    }
    return out;
  }

  /** One object anew. */
  HasMetadata another() {
    String namespace = RandomCluster.NAMESPACES.get(random.nextInt(RandomCluster.NAMESPACES.size()));
    int i = random.nextInt(CLAIMS);
    return switch (random.nextInt(4)) {
      case 0 -> volume(namespace, i);
      case 1 -> claim(namespace, i);
      case 2 -> attachment();
      default -> limit("n" + random.nextInt(8));
    };
  }

  private HasMetadata volume(String namespace, int i) {
    String csi = "csi: {driver: " + (oneIn(3) ? "e" : "d") + ", volumeHandle: h" + random.nextInt(9) + "}";
    String source = oneIn(3) ? "hostPath: {path: /p}" : csi;
    String affinity = !oneIn(3) ? "" : ", nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: "
        + (oneIn(2) ? "topology.kubernetes.io/zone, operator: In, values: [z0, z1, z2]" : "disk, operator: DoesNotExist") + "}]}]}}";
    String user = oneIn(2) ? ", claimRef: {kind: PersistentVolumeClaim, namespace: " + namespace + ", name: c" + i + "}" : "";
    return read("{apiVersion: v1, kind: PersistentVolume, metadata: {name: v-" + namespace + i
        + (oneIn(5) ? ", labels: {topology.kubernetes.io/zone: z1}" : "") + "}, spec: {capacity: {storage: " + (1 + random.nextInt(3))
        + "Gi}, accessModes: [ReadWriteOnce], " + source + affinity + user + (oneIn(2) ? ", storageClassName: local" : "")
        + "}, status: {phase: " + (oneIn(5) ? "Released" : "Available") + "}}");
  }

  private HasMetadata claim(String namespace, int i) {
    boolean bound = !oneIn(3);
    String name = "v-" + namespace + (oneIn(12) ? 99 : i);
    return read("{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {namespace: " + namespace + ", name: c" + i + ", annotations: {"
        + (bound ? "pv.kubernetes.io/bind-completed: \"yes\"" : oneIn(6) ? "volume.kubernetes.io/selected-node: n1" : "") + "}},"
        + " spec: {accessModes: [" + (oneIn(9) ? "ReadWriteOncePod" : "ReadWriteOnce") + "], resources: {requests: {storage: "
        + (1 + random.nextInt(2)) + "Gi}}, storageClassName: " + (oneIn(2) ? "late" : "local") + (bound ? ", volumeName: " + name : "")
        + "}}");
  }

  private HasMetadata attachment() {
    return read("{apiVersion: storage.k8s.io/v1, kind: VolumeAttachment, metadata: {name: a" + random.nextInt(5) + "}, spec: {attacher: d,"
        + " nodeName: n" + random.nextInt(6) + ", source: {persistentVolumeName: v-"
        + RandomCluster.NAMESPACES.get(random.nextInt(RandomCluster.NAMESPACES.size())) + random.nextInt(CLAIMS) + "}}}");
  }

  /** What a node can attach. */
  HasMetadata limit(String node) {
    return read("{apiVersion: storage.k8s.io/v1, kind: CSINode, metadata: {name: " + node + "}, spec: {drivers: [{name: d, nodeID: i,"
        + " allocatable: {count: " + (1 + random.nextInt(4)) + "}}" + (oneIn(3) ? ", {name: e, nodeID: i, allocatable: {count: 1}}" : "")
        + "]}}");
  }
}
