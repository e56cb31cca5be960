package io.kubrig.operators.serviceaccount;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EphemeralContainer;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Volume;
import io.kubrig.operators.engine.Objects;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The Secrets that a pod's spec names, by whatever field. */
final class PodSecrets {
  private PodSecrets() {}

  static Set<String> names(Pod pod) {
    PodSpec spec = pod.getSpec();
    Stream<String> images = Objects.orEmpty(spec.getImagePullSecrets()).stream().map(LocalObjectReference::getName);
    Stream<Container> containers = Stream.concat(Objects.orEmpty(spec.getInitContainers()).stream(),
        Objects.orEmpty(spec.getContainers()).stream());
    Stream<String> environment = Stream.concat(containers.flatMap(container -> names(container.getEnvFrom(), container.getEnv())),
        Objects.orEmpty(spec.getEphemeralContainers()).stream().flatMap(PodSecrets::names));
    Stream<String> volumes = Objects.orEmpty(spec.getVolumes()).stream().flatMap(PodSecrets::names);
    return Stream.of(images, environment, volumes).flatMap(names -> names).filter(name -> name != null && !name.isEmpty())
        .collect(Collectors.toUnmodifiableSet());
  }

  private static Stream<String> names(EphemeralContainer container) {
    return names(container.getEnvFrom(), container.getEnv());
  }

  private static Stream<String> names(List<EnvFromSource> sources, List<EnvVar> variables) {
    return Stream.concat(
        Objects.orEmpty(sources).stream().filter(source -> source.getSecretRef() != null).map(source -> source.getSecretRef().getName()),
        Objects.orEmpty(variables).stream().filter(v -> v.getValueFrom() != null && v.getValueFrom().getSecretKeyRef() != null)
            .map(variable -> variable.getValueFrom().getSecretKeyRef().getName()));
  }

  private static Stream<String> names(Volume volume) {
    Stream<String> plain = Stream.of(
        volume.getSecret() == null ? "" : volume.getSecret().getSecretName(),
        volume.getAzureFile() == null ? "" : volume.getAzureFile().getSecretName());
    Stream<LocalObjectReference> references = Stream.of(
        volume.getCephfs() == null ? null : volume.getCephfs().getSecretRef(),
        volume.getCinder() == null ? null : volume.getCinder().getSecretRef(),
        volume.getFlexVolume() == null ? null : volume.getFlexVolume().getSecretRef(),
        volume.getRbd() == null ? null : volume.getRbd().getSecretRef(),
        volume.getScaleIO() == null ? null : volume.getScaleIO().getSecretRef(),
        volume.getIscsi() == null ? null : volume.getIscsi().getSecretRef(),
        volume.getStorageos() == null ? null : volume.getStorageos().getSecretRef(),
        volume.getCsi() == null ? null : volume.getCsi().getNodePublishSecretRef());
    Stream<String> projected = volume.getProjected() == null ? Stream.empty()
        : Objects.orEmpty(volume.getProjected().getSources()).stream().filter(source -> source.getSecret() != null)
            .map(source -> source.getSecret().getName());
    return Stream.of(plain, references.filter(java.util.Objects::nonNull).map(LocalObjectReference::getName), projected)
        .flatMap(names -> names);
  }
}
