package io.kubrig.kubelet.volume;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapProjection;
import io.fabric8.kubernetes.api.model.DownwardAPIVolumeFile;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ProjectedVolumeSource;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretProjection;
import io.fabric8.kubernetes.api.model.ServiceAccountTokenProjection;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import io.kubrig.kubelet.cluster.ClusterObjects;
import io.kubrig.kubelet.container.ContainerConfigException;
import io.kubrig.kubelet.container.DownwardFields;
import io.kubrig.kubelet.pod.Containers;
import io.kubrig.kubelet.volume.AtomicWriter.Payload;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Computes the files that a volume shows out of objects of the cluster. */
final class ProjectedFiles {
  private static final int DEFAULT_MODE = 0644;

  private final ClusterObjects cluster;
  private final Tokens tokens;

  ProjectedFiles(ClusterObjects cluster, Tokens tokens) {
    this.cluster = cluster;
    this.tokens = tokens;
  }

  Map<String, Payload> configMap(Pod pod, String name, List<KeyToPath> items, Boolean optional, Integer mode) {
    String namespace = pod.getMetadata().getNamespace();
    Optional<ConfigMap> found = cluster.configMap(namespace, name);
    if (found.isEmpty()) {
      requireOptional(optional, "configmap \"" + name + "\" not found");
    }
    Map<String, byte[]> data = new LinkedHashMap<>();
    found.map(ConfigMap::getData).ifPresent(map -> map.forEach((key, value) -> data.put(key, value.getBytes(StandardCharsets.UTF_8))));
    found.map(ConfigMap::getBinaryData).ifPresent(map -> map.forEach((key, value) -> data.put(key, Base64.getDecoder().decode(value))));
    return pick(data, items, optional, mode(mode));
  }

  Map<String, Payload> secret(Pod pod, String name, List<KeyToPath> items, Boolean optional, Integer mode) {
    Optional<Secret> found = cluster.secret(pod.getMetadata().getNamespace(), name);
    if (found.isEmpty()) {
      requireOptional(optional, "secret \"" + name + "\" not found");
    }
    Map<String, byte[]> data = new LinkedHashMap<>();
    found.map(Secret::getData).ifPresent(map -> map.forEach((key, value) -> data.put(key, Base64.getDecoder().decode(value))));
    return pick(data, items, optional, mode(mode));
  }

  Map<String, Payload> downward(Pod pod, DownwardFields.Place place, List<DownwardAPIVolumeFile> items, Integer mode) {
    Map<String, Payload> files = new LinkedHashMap<>();
    for (DownwardAPIVolumeFile item : items) {
      try {
        String value =
            item.getFieldRef() != null
                ? DownwardFields.field(pod, place, item.getFieldRef().getFieldPath())
                : DownwardFields.resource(pod, null, place, item.getResourceFieldRef());
        files.put(item.getPath(),
            new Payload(value.getBytes(StandardCharsets.UTF_8), item.getMode() == null ? mode(mode) : item.getMode()));
      } catch (ContainerConfigException e) {
        throw new VolumeException(e.getMessage(), e);
      }
    }
    return files;
  }

  Map<String, Payload> projected(Pod pod, DownwardFields.Place place, ProjectedVolumeSource source) {
    Map<String, Payload> files = new LinkedHashMap<>();
    for (VolumeProjection part : source.getSources()) {
      if (part.getConfigMap() != null) {
        ConfigMapProjection map = part.getConfigMap();
        files.putAll(configMap(pod, map.getName(), map.getItems(), map.getOptional(), source.getDefaultMode()));
      } else if (part.getSecret() != null) {
        SecretProjection secret = part.getSecret();
        files.putAll(secret(pod, secret.getName(), secret.getItems(), secret.getOptional(), source.getDefaultMode()));
      } else if (part.getDownwardAPI() != null) {
        files.putAll(downward(pod, place, part.getDownwardAPI().getItems(), source.getDefaultMode()));
      } else if (part.getServiceAccountToken() != null) {
        files.put(part.getServiceAccountToken().getPath(), token(pod, part.getServiceAccountToken(), mode(source.getDefaultMode())));
      } else {
        throw new VolumeException("a source of the projected volume is of a kind that this kubelet does not support");
      }
    }
    return files;
  }

  /** A token is for its container alone: nobody else may read it, unless the containers run as different users. */
  private Payload token(Pod pod, ServiceAccountTokenProjection projection, int mode) {
    byte[] token;
    try {
      token = tokens.token(pod, projection).getBytes(StandardCharsets.UTF_8);
    } catch (ClusterObjects.ClusterException e) {
      throw new VolumeException("failed to fetch token: " + e.getMessage(), e);
    }
    if (pod.getSpec().getSecurityContext() != null && pod.getSpec().getSecurityContext().getFsGroup() != null) {
      return new Payload(token, 0600);
    }
    Optional<Long> user = commonUser(pod);
    return user.isPresent() ? new Payload(token, 0600, user.get()) : new Payload(token, mode);
  }

  /** The user as which every container runs, when they all say so and agree. */
  private static Optional<Long> commonUser(Pod pod) {
    Long podUser = pod.getSpec().getSecurityContext() == null ? null : pod.getSpec().getSecurityContext().getRunAsUser();
    Set<Optional<Long>> users =
        Containers.all(pod).stream()
            .map(c -> Optional.ofNullable(c.getSecurityContext() != null && c.getSecurityContext().getRunAsUser() != null
                ? c.getSecurityContext().getRunAsUser() : podUser))
            .collect(Collectors.toSet());
    return users.size() == 1 ? users.iterator().next() : Optional.empty();
  }

  private static Map<String, Payload> pick(Map<String, byte[]> data, List<KeyToPath> items, Boolean optional, int mode) {
    Map<String, Payload> files = new LinkedHashMap<>();
    if (items == null || items.isEmpty()) {
      data.forEach((key, content) -> files.put(key, new Payload(content, mode)));
      return files;
    }
    for (KeyToPath item : items) {
      byte[] content = data.get(item.getKey());
      if (content == null) {
        requireOptional(optional, "references non-existent config key: " + item.getKey());
        continue;
      }
      files.put(item.getPath(), new Payload(content, item.getMode() == null ? mode : item.getMode()));
    }
    return files;
  }

  private static void requireOptional(Boolean optional, String complaint) {
    if (!Boolean.TRUE.equals(optional)) {
      throw new VolumeException(complaint);
    }
  }

  private static int mode(Integer mode) {
    return mode == null ? DEFAULT_MODE : mode;
  }
}
