package io.kubrig.machinery.models;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.JsonParserSequence;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.deser.BeanDeserializer;
import com.fasterxml.jackson.databind.util.TokenBuffer;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesListBuilder;
import io.fabric8.kubernetes.api.model.KubernetesResource;
import io.fabric8.kubernetes.api.model.runtime.RawExtension;
import io.kubrig.machinery.models.accessors.ModelAccessor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Reads objects whose class is only known from what they say of themselves: with {@code apiVersion} and {@code kind} as the model of that
 * kind, or generic when there is none; anything else raw.
 */
final class ModelDeserializer extends JsonDeserializer<KubernetesResource> {
  private final ModelClasses classes;
  private final Map<Class<?>, Reader> readers = new ConcurrentHashMap<>();

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

  /** Most objects say first what they are: the rest is read as that. */
  private KubernetesResource object(JsonParser parser, DeserializationContext context) throws IOException {
    String apiVersion = null;
    String kind = null;
    while (apiVersion == null || kind == null) {
      if (parser.nextToken() != JsonToken.FIELD_NAME) {
        return late(parser, context, apiVersion, kind);
      }
      String field = parser.currentName();
      boolean version = field.equals("apiVersion");
      if (!version && !field.equals("kind") || (version ? apiVersion : kind) != null || parser.nextToken() != JsonToken.VALUE_STRING) {
        return late(parser, context, apiVersion, kind);
      }
      apiVersion = version ? parser.getText() : apiVersion;
      kind = version ? kind : parser.getText();
    }
    Class<? extends KubernetesResource> model = classes.of(apiVersion, kind).orElse(GenericKubernetesResource.class);
    Reader reader = readers.get(model);
    if (reader == null) {
      reader = Reader.of(model, context);
      readers.put(model, reader);
    }
    return reader.rest(parser, context, apiVersion, kind);
  }

  /** Reads the rest of objects of a model of which the beginning is known. */
  private record Reader(JsonDeserializer<Object> deserializer, ModelAccessor accessor, int apiVersion, int kind, Class<?> model) {
    static Reader of(Class<?> model, DeserializationContext context) throws JsonMappingException {
      JsonDeserializer<Object> deserializer = context.findRootValueDeserializer(context.constructType(model));
      JsonDeserializer<?> innermost = deserializer;
      while (innermost.getDelegatee() != null) {
        innermost = innermost.getDelegatee();
      }
      ModelAccessor accessor = innermost.getClass() == BeanDeserializer.class ? ModelAccessor.of(model).orElse(null) : null;
      return new Reader(deserializer, accessor, accessor == null ? -1 : accessor.text("ApiVersion"),
          accessor == null ? -1 : accessor.text("Kind"), model);
    }

    /** @param parser at the value of the last field that is known */
    KubernetesResource rest(JsonParser parser, DeserializationContext context, String version, String name) throws IOException {
      if (apiVersion < 0 || kind < 0) {
        return again(parser, context, version, name);
      }
      parser.nextToken();
      Object bean = deserializer.deserialize(parser, context);
      say(bean, apiVersion, version);
      say(bean, kind, name);
      return (KubernetesResource) bean;
    }

    private void say(Object bean, int property, String text) {
      if (!text.equals(accessor.get(bean, property))) { // models say it themselves most of the time
        accessor.set(bean, property, text);
      }
    }

    /** The whole object once more, from its beginning. */
    private KubernetesResource again(JsonParser parser, DeserializationContext context, String version, String name) throws IOException {
      try (TokenBuffer head = context.bufferForInputBuffering(parser)) {
        begin(head, version, name);
        return sequence(head, parser, context, model);
      }
    }
  }

  private static void begin(TokenBuffer head, String apiVersion, String kind) throws IOException {
    head.writeStartObject();
    if (apiVersion != null) {
      head.writeStringField("apiVersion", apiVersion);
    }
    if (kind != null) {
      head.writeStringField("kind", kind);
    }
  }

  private static KubernetesResource sequence(TokenBuffer head, JsonParser rest, DeserializationContext context, Class<?> model)
      throws IOException {
    rest.clearCurrentToken();
    return read(JsonParserSequence.createFlattened(false, head.asParser(rest), rest), context, model);
  }

  private static KubernetesResource read(JsonParser whole, DeserializationContext context, Class<?> model) throws IOException {
    whole.nextToken();
    return (KubernetesResource) context.readValue(whole, model);
  }

  /** Reads until it is clear what the object is, then that again and the rest as what it is. */
  private KubernetesResource late(JsonParser parser, DeserializationContext context, String first, String second) throws IOException {
    String apiVersion = first;
    String kind = second;
    try (TokenBuffer head = context.bufferForInputBuffering(parser)) {
      begin(head, apiVersion, kind);
      for (JsonToken token = parser.currentToken(); token != JsonToken.END_OBJECT; token = parser.nextToken()) {
        String field = parser.currentName();
        JsonToken value = token == JsonToken.FIELD_NAME ? parser.nextToken() : token;
        if (value.isScalarValue() && value != JsonToken.VALUE_NULL) {
          apiVersion = field.equals("apiVersion") ? parser.getText() : apiVersion;
          kind = field.equals("kind") ? parser.getText() : kind;
        }
        head.writeFieldName(field);
        head.copyCurrentStructure(parser);
        if (apiVersion != null && kind != null) {
          return sequence(head, parser, context, classes.of(apiVersion, kind).orElse(GenericKubernetesResource.class));
        }
      }
      head.writeEndObject();
      return read(head.asParser(parser), context, RawExtension.class);
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
