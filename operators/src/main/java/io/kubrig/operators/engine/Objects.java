package io.kubrig.operators.engine;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.kubrig.machinery.models.ModelSerialization;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Small questions asked of any object. */
public final class Objects {
  private static final KubernetesSerialization JSON = new ModelSerialization();
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private Objects() {}

  /** A deep copy, which may be changed. */
  public static <T> T copy(T object) {
    return JSON.clone(object);
  }

  /** The JSON text of any value. */
  public static String json(Object value) {
    return JSON.asJson(value);
  }

  /** The JSON text of a tree of maps, lists and scalars; null values are written, as patches need them. */
  public static String patch(Map<String, ?> tree) {
    try {
      return MAPPER.writeValueAsString(tree);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not a JSON tree: " + tree, e);
    }
  }

  /** A value of a type from JSON text. */
  public static <T> T parse(String json, Class<T> type) {
    return JSON.unmarshal(json, type);
  }

  /** The kind that JSON text says it is; only as much of it is read as that takes. */
  static Optional<String> kindOf(String json) {
    try (JsonParser parser = MAPPER.createParser(json)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String field = parser.currentName();
        JsonToken value = parser.nextToken();
        if (field.equals("kind")) {
          return value == JsonToken.VALUE_STRING ? Optional.of(parser.getText()) : Optional.empty();
        }
        parser.skipChildren();
      }
      return Optional.empty();
    } catch (IOException e) {
      throw new IllegalArgumentException("not JSON: " + e.getMessage(), e);
    }
  }

  /** The owner that controls an object. */
  public static Optional<OwnerReference> controllerOf(HasMetadata object) {
    List<OwnerReference> owners = object.getMetadata().getOwnerReferences();
    for (OwnerReference owner : orEmpty(owners)) { // asked of every object at every turn: no stream
      if (Boolean.TRUE.equals(owner.getController())) {
        return Optional.of(owner);
      }
    }
    return Optional.empty();
  }

  /** Whether the object is being deleted. */
  public static boolean isTerminating(HasMetadata object) {
    return object.getMetadata().getDeletionTimestamp() != null;
  }

  /** Whether a deleted object is still there: it has time to end, or something holds it. One without either goes with its deletion. */
  static boolean lingers(HasMetadata object) {
    Long grace = object.getMetadata().getDeletionGracePeriodSeconds();
    boolean held = !orEmpty(object.getMetadata().getFinalizers()).isEmpty();
    return isTerminating(object) && (held || grace == null || grace > 0);
  }

  /** The labels; empty when there are none. */
  public static Map<String, String> labels(HasMetadata object) {
    return orEmpty(object.getMetadata().getLabels());
  }

  /** The annotations; empty when there are none. */
  public static Map<String, String> annotations(HasMetadata object) {
    return orEmpty(object.getMetadata().getAnnotations());
  }

  /** A map that is never null. */
  public static <V> Map<String, V> orEmpty(Map<String, V> map) {
    return map == null ? Map.of() : map;
  }

  /** A list that is never null. */
  public static <V> List<V> orEmpty(List<V> list) {
    return list == null ? List.of() : list;
  }

  /** A number, or another where it is not set. */
  public static int orElse(Integer number, int other) {
    return number == null ? other : number;
  }

  /** When the object was created; the beginning of time when it does not say. */
  public static Instant created(HasMetadata object) {
    return time(object.getMetadata().getCreationTimestamp()).orElse(Instant.EPOCH);
  }

  /** The metadata's generation; zero where none is kept. */
  public static long generation(HasMetadata object) {
    Long generation = object.getMetadata().getGeneration();
    return generation == null ? 0 : generation;
  }

  /** A time of the API (RFC 3339). */
  public static Optional<Instant> time(String text) {
    return text == null || text.isEmpty() ? Optional.empty()
        : Optional.of(DateTimeFormatter.ISO_OFFSET_DATE_TIME.parse(text, Instant::from));
  }

  /** A time as the API writes it: RFC 3339, whole seconds, UTC. */
  public static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  static long revision(HasMetadata object) {
    return parseRevision(object.getMetadata().getResourceVersion());
  }

  static long parseRevision(String revision) {
    if (revision == null || revision.isEmpty()) {
      return 0;
    }
    return Long.parseUnsignedLong(revision);
  }
}
