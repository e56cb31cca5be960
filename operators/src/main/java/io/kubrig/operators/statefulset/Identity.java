package io.kubrig.operators.statefulset;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.pods.PodControl;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What makes a pod the nth of its set: name, labels, host name and volumes. */
final class Identity {
  static final String REVISION = "controller-revision-hash";
  private static final String POD_NAME = "statefulset.kubernetes.io/pod-name";
  private static final String POD_INDEX = "apps.kubernetes.io/pod-index";
  private static final Pattern NAME = Pattern.compile("(.*)-([0-9]+)");

  private Identity() {}

  static int replicas(StatefulSet set) {
    return Objects.orElse(set.getSpec().getReplicas(), 1);
  }

  /** The number of the first pod. */
  static int start(StatefulSet set) {
    return set.getSpec().getOrdinals() == null ? 0 : Objects.orElse(set.getSpec().getOrdinals().getStart(), 0);
  }

  /** A pod's number; -1 when its name has none. */
  static int ordinal(Pod pod) {
    Matcher name = NAME.matcher(pod.getMetadata().getName());
    return name.matches() && name.group(2).length() < 10 ? Integer.parseInt(name.group(2)) : -1;
  }

  static boolean inRange(StatefulSet set, Pod pod) {
    int ordinal = ordinal(pod);
    return ordinal >= start(set) && ordinal < start(set) + replicas(set);
  }

  /** Whether the name says that a pod is of a set. */
  static boolean isMember(StatefulSet set, Pod pod) {
    Matcher name = NAME.matcher(pod.getMetadata().getName());
    return name.matches() && name.group(1).equals(set.getMetadata().getName());
  }

  static String revision(Pod pod) {
    return Objects.labels(pod).getOrDefault(REVISION, "");
  }

  /** A new pod of a number, from a template. */
  static Pod create(StatefulSet set, PodTemplateSpec template, String revision, int ordinal) {
    Pod pod = PodControl.fromTemplate(template, set);
    pod.getMetadata().setName(set.getMetadata().getName() + "-" + ordinal);
    identify(pod, ordinal);
    pod.getMetadata().getLabels().put(REVISION, revision);
    pod.getSpec().setHostname(pod.getMetadata().getName());
    pod.getSpec().setSubdomain(set.getSpec().getServiceName());
    mount(set, pod, ordinal);
    return pod;
  }

  private static void identify(Pod pod, int ordinal) {
    Map<String, String> labels = new LinkedHashMap<>(Objects.labels(pod));
    labels.put(POD_NAME, pod.getMetadata().getName());
    labels.put(POD_INDEX, Integer.toString(ordinal));
    pod.getMetadata().setLabels(labels);
  }

  private static void mount(StatefulSet set, Pod pod, int ordinal) {
    List<Volume> volumes = new ArrayList<>();
    for (PersistentVolumeClaim claim : Objects.orEmpty(set.getSpec().getVolumeClaimTemplates())) {
      volumes.add(new VolumeBuilder().withName(claim.getMetadata().getName())
          .withNewPersistentVolumeClaim().withClaimName(PodClaims.name(set, claim, ordinal)).endPersistentVolumeClaim().build());
    }
    Set<String> claimed = volumes.stream().map(Volume::getName).collect(Collectors.toSet());
    Objects.orEmpty(pod.getSpec().getVolumes()).stream().filter(volume -> !claimed.contains(volume.getName())).forEach(volumes::add);
    pod.getSpec().setVolumes(volumes);
  }

  /** Whether a pod has the label of its name, and its claims. The label of its number alone is no reason to repair it. */
  static boolean matches(StatefulSet set, Pod pod) {
    return pod.getMetadata().getName().equals(Objects.labels(pod).get(POD_NAME)) && storageMatches(set, pod, ordinal(pod));
  }

  private static boolean storageMatches(StatefulSet set, Pod pod, int ordinal) {
    return Objects.orEmpty(set.getSpec().getVolumeClaimTemplates()).stream().allMatch(claim ->
        Objects.orEmpty(pod.getSpec().getVolumes()).stream().anyMatch(volume -> volume.getName().equals(claim.getMetadata().getName())
            && volume.getPersistentVolumeClaim() != null
            && PodClaims.name(set, claim, ordinal).equals(volume.getPersistentVolumeClaim().getClaimName())));
  }

  /** A pod with its labels and claims put right. */
  static Pod repaired(StatefulSet set, Pod pod) {
    Pod copy = Objects.copy(pod);
    identify(copy, ordinal(pod));
    if (!storageMatches(set, pod, ordinal(pod))) {
      mount(set, copy, ordinal(pod));
    }
    return copy;
  }
}
