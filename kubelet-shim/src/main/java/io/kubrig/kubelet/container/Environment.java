package io.kubrig.kubelet.container;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapKeySelector;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarSource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretKeySelector;
import io.kubrig.kubelet.cluster.ClusterObjects;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The environment variables of a container: those of services, of {@code envFrom} and of {@code env}, each overriding the earlier.
 *
 * <p><b>Errors</b>: {@link ContainerConfigException} when something that is referred to is not there and not optional.
 */
final class Environment {
  private final ClusterObjects cluster;

  Environment(ClusterObjects cluster) {
    this.cluster = cluster;
  }

  Map<String, String> of(Pod pod, Container container, DownwardFields.Place place) {
    String namespace = pod.getMetadata().getNamespace();
    boolean links = !Boolean.FALSE.equals(pod.getSpec().getEnableServiceLinks());
    Map<String, String> services = ServiceVariables.of(cluster.services(), namespace, links);
    Map<String, String> result = new LinkedHashMap<>();
    for (EnvFromSource source : container.getEnvFrom()) {
      result.putAll(from(namespace, source));
    }
    Map<String, String> known = new LinkedHashMap<>(services);
    known.putAll(result);
    for (EnvVar variable : container.getEnv()) {
      Optional<String> value =
          variable.getValueFrom() == null
              ? Optional.of(Expansion.expand(variable.getValue() == null ? "" : variable.getValue(), known))
              : resolve(pod, container, place, variable.getValueFrom());
      value.ifPresent(text -> {
        result.put(variable.getName(), text);
        known.put(variable.getName(), text);
      });
    }
    services.forEach(result::putIfAbsent);
    return result;
  }

  private Map<String, String> from(String namespace, EnvFromSource source) {
    String prefix = source.getPrefix() == null ? "" : source.getPrefix();
    Map<String, String> variables = new LinkedHashMap<>();
    if (source.getConfigMapRef() != null) {
      configMap(namespace, source.getConfigMapRef().getName(), source.getConfigMapRef().getOptional())
          .map(ConfigMap::getData)
          .ifPresent(data -> new TreeMap<>(data).forEach((key, value) -> variables.put(prefix + key, value)));
    } else if (source.getSecretRef() != null) {
      secret(namespace, source.getSecretRef().getName(), source.getSecretRef().getOptional())
          .map(Secret::getData)
          .ifPresent(data -> new TreeMap<>(data).forEach((key, value) -> variables.put(prefix + key, decode(value))));
    }
    return variables;
  }

  private Optional<String> resolve(Pod pod, Container container, DownwardFields.Place place, EnvVarSource source) {
    String namespace = pod.getMetadata().getNamespace();
    if (source.getFieldRef() != null) {
      return Optional.of(DownwardFields.field(pod, place, source.getFieldRef().getFieldPath()));
    }
    if (source.getResourceFieldRef() != null) {
      return Optional.of(DownwardFields.resource(pod, container, place, source.getResourceFieldRef()));
    }
    if (source.getConfigMapKeyRef() != null) {
      return configMapKey(namespace, source.getConfigMapKeyRef());
    }
    if (source.getSecretKeyRef() != null) {
      return secretKey(namespace, source.getSecretKeyRef());
    }
    throw new ContainerConfigException("the source of an environment variable is of a kind that this kubelet does not support");
  }

  private Optional<String> configMapKey(String namespace, ConfigMapKeySelector selector) {
    Optional<String> value =
        configMap(namespace, selector.getName(), selector.getOptional()).map(ConfigMap::getData).map(data -> data.get(selector.getKey()));
    if (value.isEmpty() && !Boolean.TRUE.equals(selector.getOptional())) {
      throw new ContainerConfigException("couldn't find key " + selector.getKey() + " in ConfigMap " + namespace + "/"
          + selector.getName());
    }
    return value;
  }

  private Optional<String> secretKey(String namespace, SecretKeySelector selector) {
    Optional<String> value =
        secret(namespace, selector.getName(), selector.getOptional()).map(Secret::getData).map(data -> data.get(selector.getKey()))
            .map(Environment::decode);
    if (value.isEmpty() && !Boolean.TRUE.equals(selector.getOptional())) {
      throw new ContainerConfigException("couldn't find key " + selector.getKey() + " in Secret " + namespace + "/" + selector.getName());
    }
    return value;
  }

  private Optional<ConfigMap> configMap(String namespace, String name, Boolean optional) {
    Optional<ConfigMap> found = cluster.configMap(namespace, name);
    if (found.isEmpty() && !Boolean.TRUE.equals(optional)) {
      throw new ContainerConfigException("configmap \"" + name + "\" not found");
    }
    return found;
  }

  private Optional<Secret> secret(String namespace, String name, Boolean optional) {
    Optional<Secret> found = cluster.secret(namespace, name);
    if (found.isEmpty() && !Boolean.TRUE.equals(optional)) {
      throw new ContainerConfigException("secret \"" + name + "\" not found");
    }
    return found;
  }

  private static String decode(String base64) {
    return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
  }
}
