package io.kubrig.operators.attachdetach;

import io.fabric8.kubernetes.api.model.AttachedVolume;
import io.fabric8.kubernetes.api.model.AttachedVolumeBuilder;
import io.fabric8.kubernetes.api.model.CSIPersistentVolumeSource;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.storage.CSIDriver;
import io.fabric8.kubernetes.api.model.storage.VolumeAttachment;
import io.fabric8.kubernetes.api.model.storage.VolumeAttachmentBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.operators.ControllerManagerOptions;
import io.kubrig.operators.engine.Api;
import io.kubrig.operators.engine.ApiErrors;
import io.kubrig.operators.engine.Cached;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.engine.Outcome;
import io.kubrig.operators.engine.Queue;
import io.kubrig.operators.events.EventRecorder;
import io.kubrig.operators.pods.Pods;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** Keeps the VolumeAttachments of nodes that leave that to the controller. Keys are nodes. */
public final class AttachDetachController implements Controller {
  private static final String MANAGED = "volumes.kubernetes.io/controller-managed-attach-detach";
  private static final String OUT_OF_SERVICE = "node.kubernetes.io/out-of-service";
  private static final Duration UNMOUNT = Duration.ofMinutes(6);
  private static final String BY_NODE = "spec.nodeName";
  private static final String BY_VOLUME = "spec.source.persistentVolumeName";

  private final Api api;
  private final Clock clock;
  private final EventRecorder events;
  private final Cached<Node> nodes;
  private final Cached<PersistentVolume> volumes;
  private final Cached<VolumeAttachment> attachments;
  private final Cached<Pod> pods;
  private final Cached<PersistentVolumeClaim> claims;
  private final WantedVolumes wanted;
  private final boolean forces;
  private final Map<String, Instant> unwanted = new ConcurrentHashMap<>(); // since when, by attachment
  private final Set<String> told = ConcurrentHashMap.newKeySet(); // attachments whose success or refusal was told
  private final Set<String> doubtful = ConcurrentHashMap.newKeySet(); // nodes whose last report may have arrived, though no answer says so

  /** A controller in a manager. */
  public AttachDetachController(ControllerContext context) {
    ControllerManagerOptions options = context.options();
    this.api = context.api();
    this.clock = context.clock();
    this.events = context.events("attachdetach-controller");
    this.nodes = context.caches().of(Node.class);
    this.volumes = context.caches().of(PersistentVolume.class);
    this.attachments = context.caches().of(VolumeAttachment.class);
    this.pods = context.caches().of(Pod.class);
    this.claims = context.caches().of(PersistentVolumeClaim.class);
    this.wanted = new WantedVolumes(pods, claims, volumes, context.caches().of(CSIDriver.class));
    this.forces = !options.bool("disable-force-detach-on-timeout");
    attachments.index(BY_NODE, attachment -> nodeOf(attachment).map(List::of).orElse(List.of()));
    attachments.index(BY_VOLUME, attachment -> volumeOf(attachment).map(List::of).orElse(List.of()));
  }

  private static Optional<String> nodeOf(VolumeAttachment attachment) {
    return Optional.ofNullable(attachment.getSpec()).map(spec -> spec.getNodeName());
  }

  private static Optional<String> volumeOf(VolumeAttachment attachment) {
    return Optional.ofNullable(attachment.getSpec()).map(spec -> spec.getSource()).map(source -> source.getPersistentVolumeName());
  }

  @Override
  public void watch(Queue queue) {
    pods.onChange(pod -> {
      if (Pods.isAssigned(pod) && !Objects.orEmpty(pod.getSpec().getVolumes()).isEmpty()) {
        queue.add(Key.of(pod.getSpec().getNodeName()));
      }
    });
    claims.watch(added -> { }, (before, after) -> pods.inNamespace(after.getMetadata().getNamespace()).stream().filter(Pods::isAssigned)
        .forEach(pod -> queue.add(Key.of(pod.getSpec().getNodeName()))), gone -> { });
    nodes.onChange(node -> queue.add(Key.of(node)));
    attachments.onChange(attachment -> {
      nodeOf(attachment).ifPresent(node -> queue.add(Key.of(node)));
      volumeOf(attachment).ifPresent(volume -> wantedElsewhere(volume).forEach(node -> queue.add(Key.of(node))));
    });
  }

  /** The nodes of pods that use a volume: they may wait for it to be detached from another. */
  private Set<String> wantedElsewhere(String volume) {
    return volumes.get("", volume).map(PersistentVolume::getSpec).map(spec -> spec.getClaimRef()).map(ref ->
        pods.inNamespace(ref.getNamespace()).stream().filter(Pods::isAssigned).map(pod -> pod.getSpec().getNodeName())
            .collect(Collectors.toSet()))
        .orElse(Set.of());
  }

  @Override
  public Outcome reconcile(Key key) {
    Optional<Node> node = nodes.get(key);
    if (node.isEmpty() || !"true".equals(Objects.annotations(node.get()).get(MANAGED))) {
      return Outcome.DONE;
    }
    Map<String, WantedVolumes.Wanted> needed = wanted.on(node.get());
    needed.values().forEach(volume -> attach(node.get(), volume));
    Optional<Duration> wait = Optional.empty();
    Map<String, String> attached = new HashMap<>();
    for (VolumeAttachment attachment : attachments.byIndex(BY_NODE, key.name())) {
      Optional<CSIPersistentVolumeSource> csi = own(attachment);
      if (csi.isEmpty()) {
        continue;
      }
      if (needed.containsKey(volumeOf(attachment).orElseThrow())) {
        unwanted.remove(attachment.getMetadata().getName());
        if (isAttached(attachment)) {
          attached.put(WantedVolumes.uniqueName(csi.get()), "");
        }
      } else {
        Duration left = patience(node.get(), attachment, csi.get());
        if (left.isZero()) {
          report(node.get(), without(node.get(), WantedVolumes.uniqueName(csi.get())));
          detach(attachment);
        } else {
          attached.put(WantedVolumes.uniqueName(csi.get()), "");
          wait = Optional.of(wait.filter(other -> other.compareTo(left) < 0).orElse(left));
        }
      }
    }
    report(nodes.get(key).orElse(node.get()), attached);
    return wait.map(Outcome::after).orElse(Outcome.DONE);
  }

  /** The volume of an attachment that has the name we would give it; others are somebody else's. */
  private Optional<CSIPersistentVolumeSource> own(VolumeAttachment attachment) {
    return volumeOf(attachment).flatMap(name -> volumes.get("", name)).map(volume -> volume.getSpec().getCsi())
        .filter(csi -> attachment.getMetadata().getName().equals(WantedVolumes.attachment(csi, attachment.getSpec().getNodeName())));
  }

  private static boolean isAttached(VolumeAttachment attachment) {
    return attachment.getStatus() != null && Boolean.TRUE.equals(attachment.getStatus().getAttached());
  }

  private void attach(Node node, WantedVolumes.Wanted volume) {
    String name = WantedVolumes.attachment(volume.csi(), node.getMetadata().getName());
    Optional<VolumeAttachment> existing = attachments.get("", name);
    if (existing.isPresent()) {
      tell(existing.get(), volume);
      return;
    }
    List<VolumeAttachment> elsewhere = attachments.byIndex(BY_VOLUME, volume.name()).stream()
        .filter(other -> nodeOf(other).filter(where -> !where.equals(node.getMetadata().getName())).isPresent()).toList();
    if (WantedVolumes.isExclusive(volume.volume()) && !elsewhere.isEmpty()) {
      refuse(name, volume, elsewhere);
      return;
    }
    told.remove(name);
    api.create(new VolumeAttachmentBuilder().withNewMetadata().withName(name).endMetadata()
        .withNewSpec().withAttacher(volume.csi().getDriver()).withNodeName(node.getMetadata().getName())
        .withNewSource().withPersistentVolumeName(volume.name()).endSource().endSpec().build());
  }

  private void tell(VolumeAttachment attachment, WantedVolumes.Wanted volume) {
    String name = attachment.getMetadata().getName();
    if (isAttached(attachment)) {
      if (told.add(name)) {
        volume.pods().forEach(pod -> events.normal(pod, "SuccessfulAttachVolume",
            "AttachVolume.Attach succeeded for volume \"" + volume.name() + "\" "));
      }
    } else if (attachment.getStatus() != null && attachment.getStatus().getAttachError() != null) {
      String error = attachment.getStatus().getAttachError().getMessage();
      if (told.add(name + error)) {
        volume.pods().forEach(pod -> events.warning(pod, "FailedAttachVolume",
            "AttachVolume.Attach failed for volume \"" + volume.name() + "\" : " + error));
      }
    }
  }

  private void refuse(String name, WantedVolumes.Wanted volume, List<VolumeAttachment> elsewhere) {
    if (!told.add(name)) {
      return;
    }
    Set<String> others = elsewhere.stream().map(other -> other.getSpec().getNodeName()).collect(Collectors.toSet());
    List<Pod> users = nodes.list().stream().filter(n -> others.contains(n.getMetadata().getName()))
        .map(n -> wanted.on(n).get(volume.name())).filter(java.util.Objects::nonNull).flatMap(w -> w.pods().stream()).toList();
    for (Pod pod : volume.pods()) {
      List<String> near = users.stream().filter(u -> u.getMetadata().getNamespace().equals(pod.getMetadata().getNamespace()))
          .map(u -> u.getMetadata().getName()).sorted().toList();
      int far = users.size() - near.size();
      String detail = users.isEmpty() ? "Volume is already exclusively attached to one node and can't be attached to another"
          : near.isEmpty() ? "Volume is already used by " + far + " pod(s) in different namespaces"
          : "Volume is already used by pod(s) " + String.join(", ", near)
              + (far > 0 ? " and " + far + " pod(s) in different namespaces" : "");
      events.warning(pod, "FailedAttachVolume", "Multi-Attach error for volume \"" + volume.name() + "\" " + detail);
    }
  }

  /** How long the node still gets to unmount a volume; nothing once it has, or cannot be waited for. */
  private Duration patience(Node node, VolumeAttachment attachment, CSIPersistentVolumeSource csi) {
    boolean used = node.getStatus() != null && Objects.orEmpty(node.getStatus().getVolumesInUse()).contains(WantedVolumes.uniqueName(csi));
    boolean abandoned = node.getSpec() != null
        && Objects.orEmpty(node.getSpec().getTaints()).stream().anyMatch(taint -> OUT_OF_SERVICE.equals(taint.getKey()));
    if (!used || abandoned) {
      return Duration.ZERO;
    }
    Instant since = unwanted.computeIfAbsent(attachment.getMetadata().getName(), n -> clock.now());
    Duration left = Duration.between(clock.now(), since.plus(UNMOUNT));
    boolean healthy = node.getStatus() != null && Objects.orEmpty(node.getStatus().getConditions()).stream()
        .anyMatch(c -> "Ready".equals(c.getType()) && "True".equals(c.getStatus()));
    if (left.isPositive()) {
      return left;
    }
    return healthy || !forces ? UNMOUNT : Duration.ZERO;
  }

  private void detach(VolumeAttachment attachment) {
    unwanted.remove(attachment.getMetadata().getName());
    told.removeIf(name -> name.startsWith(attachment.getMetadata().getName()));
    if (Objects.isTerminating(attachment)) {
      return;
    }
    try {
      api.delete(attachment, Api.Deletion.ofUid(attachment.getMetadata().getUid()));
    } catch (RuntimeException e) {
      if (!ApiErrors.isNotFound(e)) {
        throw e;
      }
    }
  }

  private static List<AttachedVolume> listed(Node node) {
    return node.getStatus() == null ? List.of() : Objects.orEmpty(node.getStatus().getVolumesAttached());
  }

  private static Map<String, String> without(Node node, String name) {
    Map<String, String> left = new HashMap<>();
    listed(node).stream().filter(volume -> !volume.getName().equals(name))
        .forEach(volume -> left.put(volume.getName(), volume.getDevicePath()));
    return left;
  }

  /** Tells the kubelet what is attached; it mounts nothing else. */
  private void report(Node node, Map<String, String> attached) {
    Set<String> known = new HashSet<>();
    listed(node).forEach(volume -> known.add(volume.getName()));
    String reported = node.getMetadata().getName();
    if (known.equals(attached.keySet()) && !doubtful.contains(reported)) {
      return;
    }
    List<Object> list = new ArrayList<>();
    attached.keySet().stream().sorted().forEach(name -> list.add(
        Objects.parse(Objects.json(new AttachedVolumeBuilder().withName(name).withDevicePath("").build()), Map.class)));
    Map<String, Object> status = new HashMap<>();
    status.put("volumesAttached", list.isEmpty() ? null : list);
    doubtful.add(reported); // until the answer is there
    api.patch(node, "status", PatchType.JSON_MERGE, Map.of("status", status));
    doubtful.remove(reported);
  }
}
