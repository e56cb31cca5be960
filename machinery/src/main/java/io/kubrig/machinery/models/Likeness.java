package io.kubrig.machinery.models;

import io.fabric8.kubernetes.api.model.Quantity;
import io.kubrig.machinery.models.accessors.ModelAccessor;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Whether models say the same in the same words. Their own {@code equals} takes quantities for equal that are written differently, and
 * counts their bytes for it. Without {@code switch} over types, which the first compiler does not see through.
 */
final class Likeness {
  private Likeness() {}

  static boolean alike(Object one, Object other) {
    if (one == other) {
      return true;
    }
    if (one == null || other == null) {
      return false;
    }
    if (one instanceof String text) {
      return text.equals(other);
    }
    if (one instanceof List<?> list) {
      return other instanceof List<?> others && alike(list, others);
    }
    if (one instanceof Map<?, ?> map) {
      return other instanceof Map<?, ?> others && alike(map, others);
    }
    if (one instanceof Quantity quantity) {
      return other instanceof Quantity another && alike(quantity, another);
    }
    if (one instanceof Number || one instanceof Boolean) {
      return one.equals(other);
    }
    return one.getClass() == other.getClass() && alikeModels(one, other);
  }

  private static boolean alike(Quantity quantity, Quantity another) {
    return Objects.equals(quantity.getAmount(), another.getAmount()) && Objects.equals(quantity.getFormat(), another.getFormat())
        && alike(quantity.getAdditionalProperties(), another.getAdditionalProperties());
  }

  private static boolean alike(List<?> list, List<?> others) {
    int size = list.size();
    if (size != others.size()) {
      return false;
    }
    for (int i = 0; i < size; i++) {
      if (!alike(list.get(i), others.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean alike(Map<?, ?> map, Map<?, ?> others) {
    if (map.size() != others.size()) {
      return false;
    }
    if (map.isEmpty()) {
      return true;
    }
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      Object other = others.get(entry.getKey());
      if (other == null && (entry.getValue() != null || !others.containsKey(entry.getKey())) || !alike(entry.getValue(), other)) {
        return false;
      }
    }
    return true;
  }

  private static boolean alikeModels(Object one, Object other) {
    Optional<ModelAccessor> accessor = ModelAccessor.of(one.getClass());
    if (accessor.isEmpty()) {
      return one.equals(other);
    }
    ModelAccessor model = accessor.get();
    for (int i = 0; i < model.properties(); i++) {
      if (!alike(model.get(one, i), model.get(other, i))) {
        return false;
      }
    }
    return true;
  }

  /** The same for what is alike. */
  static int hash(Object value) {
    if (value == null || value == Collections.EMPTY_LIST || value == Collections.EMPTY_MAP) {
      return 0; // as of all that is empty
    }
    if (value instanceof String text) {
      return text.hashCode();
    }
    if (value instanceof List<?> list) {
      return hash(list);
    }
    if (value instanceof Map<?, ?> map) {
      return hash(map);
    }
    if (value instanceof Quantity quantity) {
      return Objects.hashCode(quantity.getAmount());
    }
    if (value instanceof Number || value instanceof Boolean) {
      return value.hashCode();
    }
    Optional<ModelAccessor> accessor = ModelAccessor.of(value.getClass());
    return accessor.isPresent() ? hash(accessor.get(), value) : value.hashCode();
  }

  private static int hash(List<?> list) {
    int hash = list.size();
    for (int i = 0; i < list.size(); i++) {
      hash = 31 * hash + hash(list.get(i));
    }
    return hash;
  }

  private static int hash(Map<?, ?> map) {
    int hash = map.size();
    if (hash > 0) {
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        hash += Objects.hashCode(entry.getKey()) ^ 31 * hash(entry.getValue());
      }
    }
    return hash;
  }

  private static int hash(ModelAccessor model, Object value) {
    int hash = 0;
    for (int i = 0; i < model.properties(); i++) {
      hash = 31 * hash + hash(model.get(value, i));
    }
    return hash;
  }
}
