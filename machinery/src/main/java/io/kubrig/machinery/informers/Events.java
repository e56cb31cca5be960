package io.kubrig.machinery.informers;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.ObjectReader;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ListMeta;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Status;
import io.kubrig.machinery.models.ModelSerialization;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads what a server sends of one kind from its bytes straight into models. */
final class Events<T extends HasMetadata> {
  private static final String INITIAL_END = "k8s.io/initial-events-end";

  private final Class<T> kind;
  private final ObjectReader objects;
  private final ObjectReader statuses;
  private final ObjectReader listMetadata;
  private final JsonFactory factory;

  Events(Class<T> kind, ModelSerialization models) {
    this.kind = kind;
    this.objects = models.reader(kind);
    this.statuses = models.reader(Status.class);
    this.listMetadata = models.reader(ListMeta.class);
    this.factory = objects.getFactory();
  }

  /** A page of a list. @param next what asks for the next one, empty at the end */
  record Page<T>(List<T> items, String revision, String next) {}

  /** Reads a line of a watch. @throws IOException when it is none */
  Event<T> event(byte[] bytes, int offset, int length) throws IOException {
    try (JsonParser parser = factory.createParser(bytes, offset, length)) {
      begin(parser);
      String type = null;
      Event<T> event = null;
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String field = parser.currentName();
        parser.nextToken();
        switch (field) {
          case "type" -> type = parser.getText();
          case "object" -> event = event(type == null ? laterType(bytes, offset, length) : type, parser);
          default -> parser.skipChildren();
        }
      }
      if (event == null) {
        throw new JsonParseException(parser, "a watch event without an object");
      }
      return event;
    }
  }

  private Event<T> event(String type, JsonParser parser) throws IOException {
    return switch (type) {
      case "ADDED" -> new Event.Shown<>(object(parser), true);
      case "MODIFIED" -> new Event.Shown<>(object(parser), false);
      case "DELETED" -> new Event.Gone<>(object(parser));
      case "BOOKMARK" -> bookmark(object(parser).getMetadata());
      case "ERROR" -> new Event.Failed<>(Refusal.of(statuses.<Status>readValue(parser)));
      default -> {
        parser.skipChildren();
        yield new Event.Unknown<>(type);
      }
    };
  }

  private T object(JsonParser parser) throws IOException {
    T object = objects.readValue(parser);
    if (object == null || object.getMetadata() == null) {
      throw new JsonParseException(parser, "an object without metadata");
    }
    return kind.cast(object);
  }

  private static <T> Event<T> bookmark(ObjectMeta metadata) {
    Map<String, String> annotations = metadata.getAnnotations();
    return new Event.Bookmark<>(metadata.getResourceVersion(), annotations != null && "true".equals(annotations.get(INITIAL_END)));
  }

  /** The type of an event that says it behind its object, which servers do not. */
  private String laterType(byte[] bytes, int offset, int length) throws IOException {
    try (JsonParser parser = factory.createParser(bytes, offset, length)) {
      begin(parser);
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean type = parser.currentName().equals("type");
        parser.nextToken();
        if (type) {
          return parser.getText();
        }
        parser.skipChildren();
      }
      throw new JsonParseException(parser, "a watch event without a type");
    }
  }

  /** Reads a list. @throws IOException when it is none */
  Page<T> page(byte[] body) throws IOException {
    try (JsonParser parser = factory.createParser(body)) {
      begin(parser);
      List<T> items = new ArrayList<>();
      ListMeta metadata = new ListMeta();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String field = parser.currentName();
        JsonToken value = parser.nextToken();
        if (field.equals("metadata")) {
          metadata = listMetadata.readValue(parser);
        } else if (field.equals("items") && value == JsonToken.START_ARRAY) {
          while (parser.nextToken() == JsonToken.START_OBJECT) {
            items.add(object(parser));
          }
        } else {
          parser.skipChildren();
        }
      }
      return new Page<>(items, metadata.getResourceVersion(), metadata.getContinue() == null ? "" : metadata.getContinue());
    }
  }

  /** Reads why a request was refused; a body that says nothing is no reason to fail. */
  Status status(byte[] body) {
    try (JsonParser parser = factory.createParser(body)) {
      begin(parser);
      return statuses.readValue(parser);
    } catch (IOException e) {
      return new Status();
    }
  }

  private static void begin(JsonParser parser) throws IOException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw new JsonParseException(parser, "not an object");
    }
  }
}
