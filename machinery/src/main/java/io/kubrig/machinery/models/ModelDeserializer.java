package io.kubrig.machinery.models;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.JsonParserSequence;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.util.TokenBuffer;
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
    if (parser.currentToken() == JsonToken.START_OBJECT) {
      return object(parser, context);
    }
    JsonNode node = parser.readValueAsTree();
    if (node.isArray()) {
      return list(parser, node);
    }
    Object value = node.traverse(parser.getCodec()).readValueAs(Object.class);
    return value == null ? null : new RawExtension(value);
  }

  /** Reads until it is clear what the object is, which most objects say first, then that again and the rest as what it is. */
  private KubernetesResource object(JsonParser parser, DeserializationContext context) throws IOException {
    String apiVersion = null;
    String kind = null;
    try (TokenBuffer head = context.bufferForInputBuffering(parser)) {
      head.writeStartObject();
      while ((apiVersion == null || kind == null) && parser.nextToken() == JsonToken.FIELD_NAME) {
        String field = parser.currentName();
        JsonToken value = parser.nextToken();
        if (value.isScalarValue() && value != JsonToken.VALUE_NULL) {
          apiVersion = field.equals("apiVersion") ? parser.getText() : apiVersion;
          kind = field.equals("kind") ? parser.getText() : kind;
        }
        head.writeFieldName(field);
        head.copyCurrentStructure(parser);
      }
      boolean known = apiVersion != null && kind != null;
      JsonParser again;
      if (known) {
        parser.clearCurrentToken();
        again = JsonParserSequence.createFlattened(false, head.asParser(parser), parser);
      } else {
        head.writeEndObject();
        again = head.asParser(parser);
      }
      again.nextToken();
      Class<? extends KubernetesResource> model =
          known ? classes.of(apiVersion, kind).orElse(GenericKubernetesResource.class) : RawExtension.class;
      return context.readValue(again, model);
    }
  }

  private KubernetesResource list(JsonParser parser, JsonNode node) throws IOException {
    List<HasMetadata> items = new ArrayList<>();
    for (JsonNode item : node) {
      if (!item.isObject() || !(parser.getCodec().treeToValue(item, KubernetesResource.class) instanceof HasMetadata resource)) {
        throw new JsonMappingException(parser, "Cannot parse a nested array containing a non-HasMetadata resource");
      }
      items.add(resource);
    }
    return new KubernetesListBuilder().withItems(items).build();
  }
}
