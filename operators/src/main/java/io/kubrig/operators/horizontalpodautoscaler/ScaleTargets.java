package io.kubrig.operators.horizontalpodautoscaler;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.autoscaling.v2.CrossVersionObjectReference;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.kubrig.operators.engine.ApiErrors;
import io.kubrig.operators.metadata.MetadataClient;
import io.kubrig.operators.metadata.ResourceType;
import java.util.List;

/** The scale subresources of what autoscalers point at. */
final class ScaleTargets {
  private final MetadataClient client;
  private final KnownKinds kinds;

  ScaleTargets(MetadataClient client, KnownKinds kinds) {
    this.client = client;
    this.kinds = kinds;
  }

  /**
   * A target's scale as it was read.
   *
   * @param wanted replicas by its spec
   * @param present replicas by its status
   * @param selector which pods are its own, in text form; empty when it does not say
   */
  record Scale(String path, ObjectNode object, int wanted, int present, String selector) {}

  /** Reads a target's scale. @throws MetricsException it has none; the message says why */
  Scale read(String namespace, CrossVersionObjectReference target) throws MetricsException {
    String version = target.getApiVersion() == null ? "" : target.getApiVersion();
    if (version.chars().filter(c -> c == '/').count() > 1) {
      throw new MetricsException("unexpected GroupVersion string: " + version);
    }
    List<ResourceType> types = kinds.typesOf(target);
    if (types.isEmpty()) {
      throw new MetricsException(KnownKinds.unknown(target));
    }
    String path = types.getFirst().path(namespace, target.getName()) + "/scale";
    try {
      JsonNode scale = client.json(path, "application/json");
      return new Scale(path, (ObjectNode) scale, scale.path("spec").path("replicas").asInt(0),
          scale.path("status").path("replicas").asInt(0),
          scale.path("status").path("selector").asText(""));
    } catch (KubernetesClientException e) {
      if (!ApiErrors.isAnswer(e) && e.getCode() != 404) {
        throw e;
      }
      throw new MetricsException(ApiErrors.isAnswer(e) ? ApiErrors.message(e) : "the server could not find the requested resource");
    }
  }

  /** Asks for another number of replicas, if the scale is still as it was read. @throws KubernetesClientException the server's refusal */
  void write(Scale scale, int replicas) {
    ObjectNode wanted = scale.object().deepCopy();
    wanted.withObjectProperty("spec").put("replicas", replicas);
    client.replace(scale.path(), wanted);
  }
}
