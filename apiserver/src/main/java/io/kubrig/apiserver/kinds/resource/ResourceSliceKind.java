package io.kubrig.apiserver.kinds.resource;

import io.kubrig.apiserver.kinds.pod.SchedulingRules;
import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.status.InternalForm;
import io.kubrig.apiserver.table.Columns;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.machinery.timestamp.Timestamps;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Devices that a driver offers on a node or several. */
final class ResourceSliceKind implements Kind {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final String MAPPINGS = "nodeAllocatableResourceMappings";
  private static final int MOST_DEVICES = 128;
  private static final int MOST_ADVANCED_DEVICES = 64;
  private static final int MOST_COUNTER_SETS = 8;
  private static final int MAX_POOL = 253;
  private static final List<String> LISTS = List.of("bools", "ints", "strings", "versions");

  private static final TableColumns COLUMNS =
      Columns.of(
          (slice, now) ->
              Columns.row(
                  Columns.name(slice),
                  slice.tree("spec").string("nodeName"),
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
  public void prepareForCreate(Tree object, Operation operation) {
    dropDisabled(object, Tree.empty());
    stampTaints(object, operation);
  }

  @Override
  public void prepareForUpdate(Tree object, Tree old, Operation operation) {
    dropDisabled(object, old);
    stampTaints(object, operation);
  }

  /** Lists as values of attributes and mappings to resources of nodes wait for their features. */
  private static void dropDisabled(Tree object, Tree old) {
    if (old.tree("spec").trees("devices").stream().allMatch(device -> device.tree(MAPPINGS).isEmpty())) {
      object.tree("spec").trees("devices").forEach(device -> device.remove(MAPPINGS));
    }
    if (attributes(old).anyMatch(attribute -> LISTS.stream().anyMatch(list -> attribute.get(list) != null))) {
      return;
    }
    attributes(object).forEach(attribute -> LISTS.forEach(attribute::remove));
  }

  private static Stream<Tree> attributes(Tree slice) {
    return slice.tree("spec").trees("devices").stream()
        .map(device -> device.tree("attributes"))
        .flatMap(attributes -> attributes.names().stream().map(attributes::tree));
  }

  private static void stampTaints(Tree object, Operation operation) {
    for (Tree device : object.tree("spec").trees("devices")) {
      device.trees("taints").forEach(taint -> taint.fill("timeAdded", Timestamps.format(operation.now())));
    }
  }

  @Override
  public void validate(Tree object, FieldErrors errors, Operation operation) {
    Tree spec = object.tree("spec");
    DeviceRequests.driver(spec.string("driver"), SPEC.child("driver"), errors);
    pool(spec.tree("pool"), SPEC.child("pool"), errors);
    places(spec, errors);
    devices(spec, errors);
    counterSets(spec.trees("sharedCounters"), SPEC.child("sharedCounters"), errors);
  }

  private static void devices(Tree spec, FieldErrors errors) {
    if (spec.given("sharedCounters") != null && spec.given("devices") != null) {
      errors.invalid(SPEC, "", "only one of `sharedCounters` or `devices` is allowed");
    }
    List<Tree> devices = spec.trees("devices");
    int most = devices.stream().anyMatch(ResourceSliceKind::isAdvanced) ? MOST_ADVANCED_DEVICES : MOST_DEVICES;
    if (devices.size() > most) {
      errors.tooMany(SPEC.child("devices"), devices.size(), most);
      return;
    }
    Set<String> names = new HashSet<>();
    for (int i = 0; i < devices.size(); i++) {
      FieldPath path = SPEC.child("devices").index(i);
      DeviceRules.check(devices.get(i), spec.bool("perDeviceNodeSelection"), path, errors);
      if (!names.add(devices.get(i).string("name"))) {
        errors.duplicate(path, devices.get(i).string("name"));
      }
    }
  }

  private static boolean isAdvanced(Tree device) {
    Tree attributes = device.tree("attributes");
    return !device.list("taints").isEmpty()
        || !device.list("consumesCounters").isEmpty()
        || attributes.names().stream().anyMatch(name -> LISTS.stream().anyMatch(list -> attributes.tree(name).get(list) != null));
  }

  private static void counterSets(List<Tree> sets, FieldPath path, FieldErrors errors) {
    if (sets.size() > MOST_COUNTER_SETS) {
      errors.tooMany(path, sets.size(), MOST_COUNTER_SETS);
      return;
    }
    Set<String> names = new HashSet<>();
    for (int i = 0; i < sets.size(); i++) {
      DeviceRules.counters(sets.get(i), "name", path.index(i), errors);
      if (!names.add(sets.get(i).string("name"))) {
        errors.duplicate(path.index(i), sets.get(i).string("name"));
      }
    }
  }

  /** Subdomains with slashes between them. */
  static void poolName(String name, FieldPath path, FieldErrors errors) {
    if (name.isEmpty()) {
      errors.required(path, "");
      return;
    }
    if (name.length() > MAX_POOL) {
      errors.tooLong(path, MAX_POOL);
    }
    for (String part : name.split("/", -1)) {
      Names.dnsSubdomain(part).forEach(text -> errors.invalid(path, part, text));
    }
  }

  private static void pool(Tree pool, FieldPath path, FieldErrors errors) {
    poolName(pool.string("name"), path.child("name"), errors);
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
    if (spec.get("nodeName") instanceof String node) {
      if (node.isEmpty()) {
        errors.invalid(SPEC.child("nodeName"), node, "must be either unset or set to a non-empty string");
      } else {
        set.add("`nodeName`");
        Names.dnsSubdomain(node).forEach(text -> errors.invalid(SPEC.child("nodeName"), node, text));
      }
    }
    if (spec.get("nodeSelector") instanceof Tree selector) {
      set.add("`nodeSelector`");
      SchedulingRules.nodeSelector(selector, SPEC.child("nodeSelector"), errors);
      if (selector.list("nodeSelectorTerms").size() != 1) {
        errors.invalid(
            SPEC.child("nodeSelector", "nodeSelectorTerms"),
            InternalForm.of("core.NodeSelectorTerm", selector.get("nodeSelectorTerms")),
            "must have exactly one node selector term");
      }
    }
    for (String member : List.of("allNodes", "perDeviceNodeSelection")) {
      if (spec.get(member) instanceof Boolean given) {
        if (given) {
          set.add("`" + member + "`");
        } else {
          errors.invalid(SPEC.child(member), false, "must be either unset or set to true");
        }
      }
    }
    String words = "exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required";
    if (set.isEmpty()) {
      errors.required(SPEC, words);
    } else if (set.size() > 1) {
      errors.invalid(SPEC, "{" + String.join(", ", set) + "}", words + ", but multiple fields are set");
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
  public boolean selectableByNamespace() {
    return false;
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
    return "field label not supported for resource.k8s.io/v1, Kind=ResourceSlice: " + field;
  }

  @Override
  public TableColumns columns() {
    return COLUMNS;
  }
}
