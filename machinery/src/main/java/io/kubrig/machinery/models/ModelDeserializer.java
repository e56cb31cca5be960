package io.kubrig.machinery.models;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.ObjectCodec;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesListBuilder;
import io.fabric8.kubernetes.api.model.KubernetesResource;
import io.fabric8.kubernetes.api.model.runtime.RawExtension;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads objects whose class is only known from what they say of themselves: with {@code apiVersion} and {@code kind} as the model of that
 * kind, or generic when there is none; anything else raw.
 */
final class ModelDeserializer extends JsonDeserializer<KubernetesResource> {
  private final ModelClasses classes;

  ModelDeserializer(ModelClasses classes) {
    this.classes = classes;
  }

  ModelClasses classes() {
    return classes;
  }

  @Override
  public KubernetesResource deserialize(JsonParser parser, DeserializationContext context) throws IOException {
    JsonNode node = parser.readValueAsTree();
    if (node.isObject()) {
      return object(parser.getCodec(), node);
    }
    if (node.isArray()) {
      return list(parser, node);
    }
    Object value = node.traverse(parser.getCodec()).readValueAs(Object.class);
    return value == null ? null : new RawExtension(value);
  }

  private KubernetesResource object(ObjectCodec codec, JsonNode node) throws IOException {
    JsonNode apiVersion = node.get("apiVersion");
    JsonNode kind = node.get("kind");
    if (apiVersion == null || kind == null || apiVersion.isNull() || kind.isNull()) {
      return codec.treeToValue(node, RawExtension.class);
    }
    return codec.treeToValue(node, classes.of(apiVersion.asText(), kind.asText()).orElse(GenericKubernetesResource.class));
  }

  private KubernetesResource list(JsonParser parser, JsonNode node) throws IOException {
    List<HasMetadata> items = new ArrayList<>();
    for (JsonNode item : node) {
      if (!item.isObject() || !(object(parser.getCodec(), item) instanceof HasMetadata resource)) {
        throw new JsonMappingException(parser, "Cannot parse a nested array containing a non-HasMetadata resource");
      }
      items.add(resource);
    }
    return new KubernetesListBuilder().withItems(items).build();
  }
}
