package io.kubrig.apiserver.registry;

import io.kubrig.machinery.tree.Tree;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What selectors ask of a stored object, extracted once when it is written.
 *
 * @param fields by selectable field label, metadata.name and metadata.namespace included; those that are empty are left out
 */
public record Facts(Map<String, String> labels, Map<String, String> fields) {

  static Facts of(Resource resource, Tree object) {
    Tree metadata = object.tree("metadata");
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("metadata.name", metadata.string("name"));
    if (resource.namespaced()) {
      fields.put("metadata.namespace", metadata.string("namespace"));
    }
    fields.putAll(resource.behaviour().selectableFields(object));
    fields.values().removeIf(String::isEmpty);
    return new Facts(Map.copyOf(metadata.stringMap("labels")), Map.copyOf(fields)); // the most compact maps there are
  }
}
