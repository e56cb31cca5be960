package io.kubrig.kubelet.image;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.kubrig.kubelet.cluster.ClusterObjects;
import io.kubrig.kubelet.cri.v1.AuthConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the credentials for an image among a pod's {@code imagePullSecrets}. */
final class PullSecrets {
  private static final Logger LOG = LoggerFactory.getLogger(PullSecrets.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ClusterObjects cluster;

  PullSecrets(ClusterObjects cluster) {
    this.cluster = cluster;
  }

  /** The credentials to try, the best match first; one without any when there are none. */
  List<AuthConfig> forImage(Pod pod, String image) {
    String qualified = ImageNames.qualified(image);
    List<AuthConfig> found = new ArrayList<>();
    for (LocalObjectReference reference : pod.getSpec().getImagePullSecrets()) {
      cluster.secret(pod.getMetadata().getNamespace(), reference.getName()).ifPresentOrElse(
          secret -> registries(secret).properties().stream().filter(entry -> matches(entry.getKey(), qualified))
              .map(entry -> credentials(entry.getKey(), entry.getValue())).forEach(found::add),
          () -> LOG.warn("Unable to retrieve pull secret {}/{} for pod {}; the image pull may not succeed",
              pod.getMetadata().getNamespace(), reference.getName(), pod.getMetadata().getName()));
    }
    return found.isEmpty() ? List.of(AuthConfig.getDefaultInstance()) : found;
  }

  private static JsonNode registries(Secret secret) {
    try {
      if (secret.getData() != null && secret.getData().containsKey(".dockerconfigjson")) {
        return JSON.readTree(Base64.getDecoder().decode(secret.getData().get(".dockerconfigjson"))).path("auths");
      }
      if (secret.getData() != null && secret.getData().containsKey(".dockercfg")) {
        return JSON.readTree(Base64.getDecoder().decode(secret.getData().get(".dockercfg")));
      }
      return JSON.createObjectNode();
    } catch (JsonProcessingException e) {
      LOG.warn("Secret {}/{} holds no readable registry credentials: {}", secret.getMetadata().getNamespace(),
          secret.getMetadata().getName(), e.getOriginalMessage());
      return JSON.createObjectNode();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether credentials filed under a registry, perhaps with a path, are for an image. */
  static boolean matches(String registry, String qualifiedImage) {
    String host = registry.replaceFirst("^https?://", "").replaceFirst("/v[12]/?$", "").replaceFirst("/$", "");
    String wanted = host.equals("index.docker.io") ? "docker.io" : host;
    return qualifiedImage.equals(wanted) || qualifiedImage.startsWith(wanted + "/");
  }

  private static AuthConfig credentials(String registry, JsonNode entry) {
    AuthConfig.Builder out = AuthConfig.newBuilder().setServerAddress(registry.replaceFirst("^https?://", "").replaceFirst("/.*$", ""));
    String user = entry.path("username").asText("");
    String password = entry.path("password").asText("");
    String auth = entry.path("auth").asText("");
    if (user.isEmpty() && !auth.isEmpty()) {
      String[] parts = new String(Base64.getDecoder().decode(auth), StandardCharsets.UTF_8).split(":", 2);
      user = parts[0];
      password = parts.length == 2 ? parts[1] : "";
    }
    return out.setUsername(user).setPassword(password).setIdentityToken(entry.path("identitytoken").asText("")).build();
  }
}
