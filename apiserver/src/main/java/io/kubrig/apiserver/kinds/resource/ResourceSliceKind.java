package io.kubrig.apiserver.kinds.resource;

import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.table.Columns;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Devices that a driver offers on a node or several. */
final class ResourceSliceKind implements Kind {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final int MOST_DEVICES = 128;
  private static final List<String> PLACES = List.of("nodeName", "nodeSelector", "allNodes", "perDeviceNodeSelection");

  private static final TableColumns COLUMNS =
      Columns.of(
          (slice, now) ->
              Columns.row(
                  Columns.name(slice),
                  slice.tree("spec").string("nodeName", "<unset>"),
                  slice.tree("spec").string("driver"),
                  slice.tree("spec").tree("pool").string("name"),
                  Columns.age(slice, now)),
          Columns.NAME,
          Columns.text("Node", "nodeName identifies the node which provides the resources in this pool."),
          Columns.text("Driver", "driver identifies the DRA driver providing the capacity information."),
          Columns.text("Pool", "pool describes the pool that this slice belongs to."),
          Columns.AGE);

  @Override
  public MetadataRepeat metadataRepeat() {
    return MetadataRepeat.CHANGE;
  }

  @Override
  public boolean countsGenerations() {
    return true;
  }

  @Override
  public boolean answersDeletedObject() {
    return true;
  }

  @Override
  public void validate(Tree object, FieldErrors errors, Operation operation) {
    Tree spec = object.tree("spec");
    DeviceRequests.driver(spec.string("driver"), SPEC.child("driver"), errors);
    pool(spec.tree("pool"), SPEC.child("pool"), errors);
    places(spec, errors);
    List<Tree> devices = spec.trees("devices");
    if (devices.size() > MOST_DEVICES) {
      errors.tooMany(SPEC.child("devices"), devices.size(), MOST_DEVICES);
    }
    Set<String> names = new HashSet<>();
    for (int i = 0; i < devices.size(); i++) {
      device(devices.get(i), names, SPEC.child("devices").index(i), errors);
    }
  }

  private static void pool(Tree pool, FieldPath path, FieldErrors errors) {
    String name = pool.string("name");
    if (name.isEmpty()) {
      errors.required(path.child("name"), "");
    } else {
      for (String part : name.split("/", -1)) {
        Names.dnsSubdomain(part).forEach(text -> errors.invalid(path.child("name"), part, text));
      }
    }
    long slices = pool.integer("resourceSliceCount");
    if (slices <= 0) {
      errors.invalid(path.child("resourceSliceCount"), slices, "must be greater than zero");
    }
    if (pool.integer("generation") < 0) {
      errors.invalid(path.child("generation"), pool.integer("generation"), "must be greater than or equal to zero");
    }
  }

  private static void places(Tree spec, FieldErrors errors) {
    List<String> set = new ArrayList<>();
    for (String member : PLACES) {
      boolean given = spec.get(member) instanceof Boolean flag ? flag : spec.get(member) != null;
      if (given) {
        set.add("`" + member + "`");
      }
    }
    String words = "exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required";
    if (set.isEmpty()) {
      errors.required(SPEC, words);
    } else if (set.size() > 1) {
      errors.invalid(SPEC, "{" + String.join(", ", set) + "}", words + ", but multiple fields are set");
    }
    String node = spec.string("nodeName");
    if (spec.get("nodeName") != null) {
      Names.dnsSubdomain(node).forEach(text -> errors.invalid(SPEC.child("nodeName"), node, text));
    }
  }

  private static void device(Tree device, Set<String> names, FieldPath path, FieldErrors errors) {
    String name = device.string("name");
    if (name.isEmpty()) {
      errors.required(path.child("name"), "");
    } else {
      Names.dnsLabel(name).forEach(text -> errors.invalid(path.child("name"), name, text));
    }
    if (!names.add(name)) {
      errors.duplicate(path.child("name"), name);
    }
    Tree attributes = device.tree("attributes");
    for (String attribute : attributes.names()) {
      FieldPath at = path.child("attributes").key(attribute);
      DeviceRequests.attribute(attribute, at, errors);
      int values = 0;
      for (String type : List.of("int", "bool", "string", "version")) {
        values += attributes.tree(attribute).get(type) == null ? 0 : 1;
      }
      if (values == 0) {
        errors.required(at, "exactly one value must be specified");
      } else if (values > 1) {
        errors.invalid(at, attributes.tree(attribute), "exactly one value must be specified");
      }
    }
    for (String capacity : device.tree("capacity").names()) {
      DeviceRequests.attribute(capacity, path.child("capacity").key(capacity), errors);
    }
  }

  @Override
  public void validateUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    for (String member : List.of("driver", "nodeName")) {
      if (!object.tree("spec").string(member).equals(old.tree("spec").string(member))) {
        errors.invalid(SPEC.child(member), object.tree("spec").get(member), "field is immutable");
      }
    }
    String pool = object.tree("spec").tree("pool").string("name");
    if (!pool.equals(old.tree("spec").tree("pool").string("name"))) {
      errors.invalid(SPEC.child("pool", "name"), pool, "field is immutable");
    }
  }

  @Override
  public Map<String, String> selectableFields(Tree object) {
    Tree spec = object.tree("spec");
    return Map.of("spec.nodeName", spec.string("nodeName"), "spec.driver", spec.string("driver"));
  }

  @Override
  public Set<String> selectableFieldLabels() {
    return Set.of("spec.nodeName", "spec.driver");
  }

  @Override
  public String unsupportedField(String field) {
    return "field label not supported for ResourceSlice: " + field;
  }

  @Override
  public TableColumns columns() {
    return COLUMNS;
  }
}
