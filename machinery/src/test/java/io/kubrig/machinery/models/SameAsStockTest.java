package io.kubrig.machinery.models;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.KubernetesResource;
import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.kubrig.machinery.models.accessors.ModelAccessor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

/** Random objects of every kind are read and written as Fabric8 itself does. A failure names the seed: replay with {@code -Dseed=}. */
class SameAsStockTest {
  private static final ObjectMapper TREES = new ObjectMapper();
  private static final int DEPTH = 4;
  private final long seed = Long.getLong("seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final KubernetesSerialization theirs = new KubernetesSerialization();
  private final KubernetesSerialization ours = new ModelSerialization();
  private final KubernetesSerialization shared = ModelSerialization.shared();

  @Test
  void every_kind_is_read_and_written_as_by_the_stock_client() throws Exception {
    int direct = 0;
    for (Class<? extends KubernetesResource> kind : kinds()) {
      direct += ModelAccessor.of(kind).isPresent() ? 1 : 0;
      Object object = model(kind, DEPTH);
      String text = theirs.asJson(object);
      assertThat(ours.asJson(object)).as("%s of seed %d", kind, seed).isEqualTo(text);
      isReadAlike(kind, text);
      isReadAlike(kind, disturbed(TREES.readTree(text)).toString());
    }
    assertThat(direct).as("kinds that have an accessor, which the phase process-classes of the build makes").isGreaterThan(80);
  }

  private void isReadAlike(Class<? extends KubernetesResource> kind, String text) {
    String what = "%s of seed %d: %s".formatted(kind, seed, text);
    Object expected = outcome(theirs, text, kind);
    assertThat(outcome(ours, text, kind)).as(what).isEqualTo(expected);
    assertThat(outcome(ours, text, KubernetesResource.class)).as(what).isEqualTo(outcome(theirs, text, KubernetesResource.class));
    assertThat(outcome(shared, text, kind)).as(what).isEqualTo(expected);
    if (expected instanceof HasMetadata) {
      assertThat(ours.asJson(ours.unmarshal(text, kind))).as(what).isEqualTo(theirs.asJson(expected));
      assertThat(shared.asJson(shared.unmarshal(text, kind))).as(what).isEqualTo(theirs.asJson(expected));
    }
  }

  /** The object, or the kind of error without the places in Java that it names. */
  private static Object outcome(KubernetesSerialization models, String text, Class<?> type) {
    try {
      return models.unmarshal(text, type);
    } catch (IllegalArgumentException | KubernetesClientException e) {
      return e.getCause() == null ? e.getClass() : e.getCause().getClass();
    }
  }

  private static List<Class<? extends KubernetesResource>> kinds() {
    List<Class<? extends KubernetesResource>> kinds = new ArrayList<>();
    ServiceLoader.load(KubernetesResource.class).stream().map(ServiceLoader.Provider::type)
        .filter(type -> HasMetadata.class.isAssignableFrom(type) && type.getName().startsWith("io.fabric8.kubernetes.api.model."))
        .forEach(kinds::add);
    return kinds;
  }

  /** Here and there an unknown field, null, or a value of another type. */
  private JsonNode disturbed(JsonNode node) {
    if (node instanceof ArrayNode list) {
      list.forEach(this::disturbed);
    }
    if (node instanceof ObjectNode object) {
      object.forEach(this::disturbed);
      List<String> names = new ArrayList<>();
      object.fieldNames().forEachRemaining(name -> {
        if (!name.equals("apiVersion") && !name.equals("kind") && !name.equals("metadata")) {
          names.add(name);
        }
      });
      switch (random.nextInt(12)) {
        case 0 -> object.put("unknownField", random.nextInt());
        case 1 -> object.putObject("unknownObject").put("a", true);
        case 2 -> names.stream().findFirst().ifPresent(object::putNull);
        case 3 -> names.stream().findFirst().ifPresent(name -> replace(object, name));
        default -> { }
      }
    }
    return node;
  }

  private static void replace(ObjectNode object, String name) {
    if (object.get(name).isTextual()) {
      object.put(name, 7); // other texts are none of quantities, which then cannot be compared
    } else {
      object.put(name, "no-such-value");
    }
  }

  private Object model(Class<?> type, int depth) throws ReflectiveOperationException {
    Object model = type.getConstructor().newInstance();
    for (Method setter : type.getMethods()) {
      boolean plain = setter.getName().startsWith("set") && setter.getParameterCount() == 1 && !setter.isBridge()
          && !List.of("setAdditionalProperties", "setKind", "setApiVersion", "setManagedFields").contains(setter.getName());
      if (plain && (depth == DEPTH || random.nextInt(3) > 0)) {
        Object value = value(setter.getGenericParameterTypes()[0], depth - 1);
        if (value != null) {
          setter.invoke(model, value);
        }
      }
    }
    return model;
  }

  private Object value(Type type, int depth) throws ReflectiveOperationException {
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      if (generic.getRawType() == Map.class) {
        return map(arguments[1], depth);
      }
      return generic.getRawType() == List.class ? list(arguments[0], depth) : null;
    }
    return type instanceof Class<?> plain ? value(plain, depth) : null;
  }

  private Object value(Class<?> type, int depth) throws ReflectiveOperationException {
    return switch (type.getName()) {
      case "java.lang.String" -> "t" + random.nextInt(5);
      case "java.lang.Integer" -> random.nextInt(4) - 1;
      case "java.lang.Long" -> random.nextLong(1L << 40);
      case "java.lang.Boolean" -> random.nextBoolean();
      case "java.lang.Double" -> random.nextInt(8) / 4.0;
      case "java.lang.Object" -> Map.of("any", random.nextInt(3));
      default -> special(type, depth);
    };
  }

  private Object special(Class<?> type, int depth) throws ReflectiveOperationException {
    if (type == Quantity.class) {
      return new Quantity(random.nextInt(1, 3000) + (random.nextBoolean() ? "m" : "Mi"));
    }
    if (type == IntOrString.class) {
      return random.nextBoolean() ? new IntOrString(random.nextInt(100)) : new IntOrString("25%");
    }
    if (type == MicroTime.class) {
      return new MicroTime("2026-11-22T03:00:00.123456Z");
    }
    boolean model = KubernetesResource.class.isAssignableFrom(type) && !Modifier.isAbstract(type.getModifiers())
        && List.of(type.getConstructors()).stream().anyMatch(constructor -> constructor.getParameterCount() == 0);
    return model && depth > 0 ? model(type, depth) : null;
  }

  private List<Object> list(Type of, int depth) throws ReflectiveOperationException {
    List<Object> list = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      Object value = value(of, depth);
      if (value != null) {
        list.add(value);
      }
    }
    return list;
  }

  private Map<String, Object> map(Type of, int depth) throws ReflectiveOperationException {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      Object value = value(of, depth);
      if (value != null) {
        map.put("k" + i, value);
      }
    }
    return map;
  }
}
