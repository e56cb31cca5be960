package io.kubrig.machinery.cel;

import dev.cel.common.values.CelValueProvider;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Structures that expressions make ({@code Object{…}}, {@code JSONPatch{…}}) are maps. */
final class ObjectValues implements CelValueProvider {
  @Override
  public Optional<Object> newValue(String type, Map<String, Object> fields) {
    return Optional.of(new LinkedHashMap<>(fields));
  }
}
