package io.kubrig.operators.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import io.kubrig.operators.endpointslicemirroring.EndpointSliceMirroringController;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.volumebinder.VolumeBinderController;
import io.kubrig.operators.volumeexpand.VolumeExpandController;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** What single controllers make of objects when nothing goes wrong, where that needs more than one object to tell. */
class QuietWorldTest {
  private static final String RELEASED = """
      "capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], "persistentVolumeReclaimPolicy": "Delete",
      "storageClassName": "x", "claimRef": {"name": "gone", "namespace": "ns", "uid": "long-gone"}
      """;

  private record Quiet(List<Function<ControllerContext, Controller>> controllers, Consumer<MemoryServer> beginning,
      Consumer<MemoryServer> end, List<MemoryServer.Change> changes) implements Story {
    @Override
    public void begin(MemoryServer server) {
      beginning.accept(server);
    }

    @Override
    public void act(MemoryServer server, RandomGenerator random) {}

    @Override
    public void saw(MemoryServer server, MemoryServer.Change change) {
      changes.add(change);
    }

    @Override
    public void settled(MemoryServer server) {
      end.accept(server);
    }
  }

  private static List<MemoryServer.Change> told(Function<ControllerContext, Controller> controller, Consumer<MemoryServer> beginning,
      Consumer<MemoryServer> end) throws InterruptedException {
    Quiet story = new Quiet(List.of(controller), beginning, end, new ArrayList<>());
    new World(story, 1, 0).tell(0);
    return story.changes();
  }

  private static <T extends HasMetadata> T object(Class<T> kind, String text) {
    return Objects.parse(text, kind);
  }

  private static PersistentVolume volume(String metadata, String source) {
    return object(PersistentVolume.class, "{\"metadata\": {\"name\": \"pv\" " + metadata + "}, \"spec\": {" + RELEASED + "," + source
        + "}, \"status\": {\"phase\": \"Bound\"}}");
  }

  private static PersistentVolume reclaimed(String metadata, String source) throws InterruptedException {
    List<PersistentVolume> result = new ArrayList<>();
    List<MemoryServer.Change> changes = told(VolumeBinderController::new, server -> server.create(volume(metadata, source)),
        server -> result.add(server.find(PersistentVolume.class, Key.of("pv")).orElseThrow()));
    assertThat(changes).as("writes, none of them twice").hasSizeLessThanOrEqualTo(3);
    return result.getFirst();
  }

  @Test
  void a_volume_of_a_driver_is_left_to_it_whether_it_was_made_by_it_or_not() throws InterruptedException {
    PersistentVolume volume = reclaimed("", "\"csi\": {\"driver\": \"d.example\", \"volumeHandle\": \"h\"}");
    assertThat(volume.getStatus().getPhase()).isEqualTo("Released");
  }

  @Test
  void a_volume_of_a_plugin_that_a_driver_took_over_is_marked_and_left_to_the_driver() throws InterruptedException {
    PersistentVolume volume = reclaimed(", \"annotations\": {\"pv.kubernetes.io/provisioned-by\": \"kubernetes.io/aws-ebs\"}",
        "\"awsElasticBlockStore\": {\"volumeID\": \"v\"}");
    assertThat(volume.getMetadata().getAnnotations()).containsEntry("pv.kubernetes.io/migrated-to", "ebs.csi.aws.com");
    assertThat(volume.getStatus().getPhase()).isEqualTo("Released");
  }

  @Test
  void a_volume_that_nobody_can_delete_fails_once_and_says_why() throws InterruptedException {
    assertThat(reclaimed("", "\"local\": {\"path\": \"/x\"}").getStatus().getMessage())
        .isEqualTo("error getting deleter volume plugin for volume \"pv\": no volume plugin matched");
    assertThat(reclaimed("", "\"nfs\": {\"server\": \"s\", \"path\": \"/x\"}").getStatus().getMessage())
        .isEqualTo("error getting deleter volume plugin for volume \"pv\": no deletable volume plugin matched");
  }

  @Test
  void a_volume_that_a_plugin_of_the_tree_made_is_guarded_until_its_content_is_gone() throws InterruptedException {
    PersistentVolume volume = reclaimed(", \"annotations\": {\"pv.kubernetes.io/provisioned-by\": \"kubernetes.io/host-path\"}",
        "\"hostPath\": {\"path\": \"/not-scratch\"}");
    assertThat(volume.getMetadata().getFinalizers()).containsExactly("kubernetes.io/pv-controller");
    assertThat(volume.getStatus().getPhase()).isEqualTo("Failed");
  }

  @Test
  void a_volume_that_goes_while_it_is_scrubbed_leaves_no_pod_behind() throws InterruptedException {
    String pod = """
        {"metadata": {"name": "recycler-for-%s", "namespace": "default"}, "spec": {"containers": [{"name": "%s"}]},
         "status": {"phase": "%s"}}
        """;
    told(VolumeBinderController::new, server -> {
      server.create(object(Pod.class, pod.formatted("done", "pv-recycler", "Succeeded")));
      server.create(object(Pod.class, pod.formatted("failed", "pv-recycler", "Failed")));
      server.create(object(Pod.class, pod.formatted("running", "pv-recycler", "Running")));
      server.create(object(Pod.class, pod.formatted("foreign", "app", "Succeeded")));
    }, server -> assertThat(server.list(Pod.class)).extracting(p -> p.getMetadata().getName())
        .containsExactlyInAnyOrder("recycler-for-running", "recycler-for-foreign"));
  }

  @Test
  void a_claim_of_a_class_whose_plugin_was_taken_over_asks_the_driver() throws InterruptedException {
    told(VolumeBinderController::new, server -> {
      server.create(object(StorageClass.class, "{\"metadata\": {\"name\": \"gold\"}, \"provisioner\": \"kubernetes.io/gce-pd\"}"));
      server.create(object(PersistentVolumeClaim.class, """
          {"metadata": {"name": "c", "namespace": "ns"}, "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": "gold",
           "resources": {"requests": {"storage": "1Gi"}}}, "status": {"phase": "Pending"}}
          """));
    }, server -> assertThat(server.find(PersistentVolumeClaim.class, new Key("ns", "c")).orElseThrow().getMetadata().getAnnotations())
        .isEqualTo(Map.of("volume.kubernetes.io/storage-provisioner", "pd.csi.storage.gke.io",
            "volume.beta.kubernetes.io/storage-provisioner", "pd.csi.storage.gke.io")));
  }

  @Test
  void a_growing_claim_of_such_a_plugin_names_the_driver_that_resizes_it() throws InterruptedException {
    told(VolumeExpandController::new, server -> {
      PersistentVolumeClaim claim = server.create(object(PersistentVolumeClaim.class, """
          {"metadata": {"name": "c", "namespace": "ns"}, "spec": {"volumeName": "pv", "resources": {"requests": {"storage": "2Gi"}}},
           "status": {"phase": "Bound", "capacity": {"storage": "1Gi"}}}
          """));
      PersistentVolume volume = volume("", "\"cinder\": {\"volumeID\": \"v\"}");
      volume.getSpec().getClaimRef().setUid(claim.getMetadata().getUid());
      volume.getSpec().getClaimRef().setName("c");
      server.create(volume);
    }, server -> assertThat(server.find(PersistentVolumeClaim.class, new Key("ns", "c")).orElseThrow().getMetadata().getAnnotations())
        .containsEntry("volume.kubernetes.io/storage-resizer", "cinder.csi.openstack.org"));
  }

  @Test
  void endpoints_without_addresses_have_no_mirror() throws InterruptedException {
    told(EndpointSliceMirroringController::new, server -> {
      server.create(object(Service.class, "{\"metadata\": {\"name\": \"web\", \"namespace\": \"ns\"}, \"spec\": {}}"));
      server.create(object(Endpoints.class, "{\"metadata\": {\"name\": \"web\", \"namespace\": \"ns\"}, \"subsets\": []}"));
    }, server -> assertThat(server.list(EndpointSlice.class)).isEmpty());
  }
}
