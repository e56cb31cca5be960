package io.kubrig.apiserver.kinds.core;

import io.kubrig.apiserver.kinds.pod.ResourceAmounts;
import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.Lens;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.table.Columns;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.apiserver.validation.Addresses;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.apiserver.validation.Quantities;
import io.kubrig.machinery.network.Cidr;
import io.kubrig.machinery.tree.Tree;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Nodes. Their status may be given at creation, as a kubelet does when it registers itself. */
final class NodeKind implements Kind {
  private static final int MAX_FEATURE = 253;
  private static final Pattern FEATURE = Pattern.compile("[A-Z][a-zA-Z0-9]*(/[a-zA-Z][a-zA-Z0-9]*)*");
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final String ROLE_PREFIX = "node-role.kubernetes.io/";
  private static final String ROLE_LABEL = "kubernetes.io/role";
  private static final String NONE = "<none>";
  private static final List<String> EFFECTS = List.of("NoSchedule", "PreferNoSchedule", "NoExecute");

  private static final TableColumns COLUMNS =
      Columns.of(
          NodeKind::row,
          Columns.NAME,
          Columns.text("Status", "The status of the node"),
          Columns.text("Roles", "The roles of the node"),
          Columns.AGE,
          Columns.text("Version", "Kubelet Version reported by the node."),
          Columns.wide("Internal-IP", "List of addresses reachable to the node. Queried from cloud provider, if available."),
          Columns.wide("External-IP", "List of addresses reachable to the node. Queried from cloud provider, if available."),
          Columns.wide("OS-Image", "OS Image reported by the node from /etc/os-release (e.g. Debian GNU/Linux 7 (wheezy))."),
          Columns.wide("Kernel-Version", "Kernel Version reported by the node from 'uname -r' (e.g. 3.16.0-0.bpo.4-amd64)."),
          Columns.wide("Container-Runtime",
              "ContainerRuntime Version reported by the node through runtime remote API (e.g. containerd://1.4.2)."));

  @Override
  public List<String> warnings(Tree object, Tree old) {
    return object.tree("spec").string("externalID").isEmpty()
        ? List.of()
        : List.of("spec.externalID: this field is deprecated, and is unused by Kubernetes");
  }

  @Override
  public boolean hasStatus() {
    return true;
  }

  @Override
  public boolean countsGenerations() {
    return false;
  }

  @Override
  public void initialStatus(Tree object, Tree empty) {
    // a kubelet registers its node with the status it has
  }

  @Override
  public void applyDefaults(Tree object, String version) {
    for (String list : List.of("capacity", "allocatable")) {
      ResourceAmounts.roundUpList(object.tree("status").tree(list));
    }
    if (object.tree("status").get("capacity") instanceof Tree capacity && object.tree("status").get("allocatable") == null) {
      object.need("status").set("allocatable", capacity.copy());
    }
    Tree spec = object.tree("spec");
    String first = spec.string("podCIDR");
    List<String> all = spec.strings("podCIDRs");
    if (!first.isEmpty() && (all.isEmpty() || !all.getFirst().equals(first))) {
      spec.set("podCIDRs", new ArrayList<Object>(List.of(first)));
    } else if (first.isEmpty() && !all.isEmpty()) {
      spec.set("podCIDR", all.getFirst());
    }
  }

  @Override
  public void prepareForCreate(Tree object, Operation operation) {
    object.tree("spec").remove("configSource");
    object.tree("status").remove("config");
  }

  @Override
  public void prepareForStatusUpdate(Tree object, Tree old, Operation operation) {
    object.tree("status").remove("config");
  }

  @Override
  public void validate(Tree object, FieldErrors errors, Operation operation) {
    Tree spec = object.tree("spec");
    taints(spec.trees("taints"), FieldPath.of("metadata", "taints"), errors);
    amounts(object.tree("status"), errors);
    features(object.tree("status").strings("declaredFeatures"), errors);
    podCidrs(spec.strings("podCIDRs"), errors);
  }

  /** Amounts of whatever a node says it has; their names are not judged. */
  private static void amounts(Tree status, FieldErrors errors) {
    for (String member : List.of("capacity", "allocatable")) {
      Tree amounts = status.tree(member);
      for (String name : amounts.names()) {
        Quantities.of(amounts, name)
            .ifPresent(amount -> Quantities.amount(name, amount, FieldPath.of("status", member).child(name), errors));
      }
    }
  }

  /** The features that the node says it has: paths, sorted. */
  private static void features(List<String> features, FieldErrors errors) {
    for (int i = 0; i < features.size(); i++) {
      String name = features.get(i);
      FieldPath at = FieldPath.of("status", "declaredFeatures").index(i);
      if (i > 0 && name.equals(features.get(i - 1))) {
        errors.duplicate(at, name);
      } else if (i > 0 && name.compareTo(features.get(i - 1)) < 0) {
        errors.invalid(at, name, "list must be sorted alphabetically");
      }
      if (name.length() > MAX_FEATURE) {
        errors.invalid(
            at, name, "invalid feature name " + FieldErrors.quoted(name) + ": must be no more than " + MAX_FEATURE + " characters");
      } else if (!FEATURE.matcher(name).matches()) {
        errors.invalid(
            at,
            name,
            "invalid feature name " + FieldErrors.quoted(name) + ": must start with an UpperCamelCase segment, with subsequent segments"
                + " separated by '/' (e.g., MyFeature or MyFeature/mySubFeature), and contain only alphanumeric characters and slashes");
      }
    }
  }

  private static void podCidrs(List<String> cidrs, FieldErrors errors) {
    FieldPath path = SPEC.child("podCIDRs");
    List<Cidr> valid = new ArrayList<>();
    for (int i = 0; i < cidrs.size(); i++) {
      Addresses.lenientCidr(cidrs.get(i), path.index(i), errors).ifPresent(valid::add);
    }
    if (cidrs.size() > 1 && valid.size() == cidrs.size()) {
      boolean dual = valid.stream().anyMatch(Cidr::v6) && valid.stream().anyMatch(cidr -> !cidr.v6());
      if (!dual || cidrs.size() > 2) {
        errors.invalid(path, new ArrayList<Object>(cidrs), "may specify no more than one CIDR for each IP family");
      }
    }
  }

  private static void taints(List<Tree> taints, FieldPath path, FieldErrors errors) {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < taints.size(); i++) {
      Tree taint = taints.get(i);
      FieldPath at = path.index(i);
      String key = taint.string("key");
      Names.qualifiedName(key).forEach(text -> errors.invalid(at.child("key"), key, text));
      String value = taint.string("value");
      List<String> wrong = Names.labelValue(value);
      if (!wrong.isEmpty()) {
        errors.invalid(at.child("value"), value, String.join(";", wrong));
      }
      effect(taint.string("effect"), at.child("effect"), errors);
      if (!seen.add(key + " " + taint.string("effect"))) {
        Tree shown =
            Tree.of("Key", key, "Value", value, "Effect", taint.string("effect"), "TimeAdded", taint.get("timeAdded"));
        errors.add("FieldValueDuplicate", at, "Duplicate value: " + goText(shown) + ": taints must be unique by key and effect pair");
      }
    }
  }

  /** A structure as native's messages show it: its members in the order of the type. */
  private static String goText(Tree shown) {
    return new String(io.kubrig.machinery.json.Json.write(shown), StandardCharsets.UTF_8);
  }

  private static void effect(String effect, FieldPath path, FieldErrors errors) {
    if (effect.isEmpty()) {
      errors.required(path, "");
    } else if (!EFFECTS.contains(effect)) {
      errors.notSupported(path, effect, EFFECTS);
    }
  }

  @Override
  public void validateUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    Tree spec = object.tree("spec");
    Tree before = old.tree("spec");
    List<String> oldCidrs = before.strings("podCIDRs");
    if (!oldCidrs.isEmpty() && !oldCidrs.equals(spec.strings("podCIDRs"))) {
      errors.forbidden(SPEC.child("podCIDRs"), "node updates may not change podCIDR except from \"\" to valid");
    }
    if (!before.string("providerID").isEmpty() && !before.string("providerID").equals(spec.string("providerID"))) {
      errors.forbidden(SPEC.child("providerID"), "node updates may not change providerID except from \"\" to valid");
    }
    taints(spec.trees("taints"), FieldPath.of("metadata", "taints"), errors);
    if (!spec.string("externalID").equals(before.string("externalID"))) {
      errors.forbidden(SPEC.child("externalID"), "may not be updated");
    }
    Tree rest = object.copy();
    Lens.carry("externalID", rest.need("spec"), before);
    for (String member : List.of("podCIDR", "podCIDRs", "providerID", "configSource", "unschedulable", "taints")) {
      Lens.carry(member, rest.need("spec"), before);
    }
    if (!rest.tree("spec").equals(before)) {
      errors.forbidden(
          FieldPath.root().key(""),
              "node updates may only change labels, taints, or capacity (or configSource, if the DynamicKubeletConfig feature gate is"
              + " enabled)");
    }
  }

  @Override
  public void validateStatusUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    amounts(object.tree("status"), errors);
    features(object.tree("status").strings("declaredFeatures"), errors);
    Set<String> addresses = new HashSet<>();
    List<Tree> list = object.tree("status").trees("addresses");
    for (int i = 0; i < list.size(); i++) {
      Tree address = list.get(i);
      if (!addresses.add(address.string("type") + " " + address.string("address"))) {
        errors.duplicate(
            FieldPath.of("status", "addresses").index(i), Tree.of("Type", address.string("type"), "Address", address.string("address")));
      }
    }
  }

  @Override
  public boolean selectableByNamespace() {
    return false;
  }

  @Override
  public Map<String, String> selectableFields(Tree object) {
    return Map.of("spec.unschedulable", Boolean.toString(object.tree("spec").bool("unschedulable")));
  }

  @Override
  public Set<String> selectableFieldLabels() {
    return Set.of("spec.unschedulable");
  }

  @Override
  public String unsupportedField(String field) {
    return "field label not supported: " + field;
  }

  @Override
  public TableColumns columns() {
    return COLUMNS;
  }

  private static List<Object> row(Tree node, Instant now) {
    Tree info = node.tree("status").tree("nodeInfo");
    String kernel = info.string("kernelVersion");
    String architecture = info.string("architecture");
    String shownKernel = kernel.isEmpty() ? "<unknown>" : architecture.isEmpty() ? kernel : kernel + " (" + architecture + ")";
    return Columns.row(
        Columns.name(node),
        status(node),
        roles(node),
        Columns.age(node, now),
        info.string("kubeletVersion"),
        address(node, "InternalIP"),
        address(node, "ExternalIP"),
        orUnknown(info.string("osImage")),
        shownKernel,
        orUnknown(info.string("containerRuntimeVersion")));
  }

  private static String orUnknown(String text) {
    return text.isEmpty() ? "<unknown>" : text;
  }

  private static String status(Tree node) {
    Optional<Tree> ready = node.tree("status").trees("conditions").stream().filter(c -> c.string("type").equals("Ready")).findFirst();
    String status = ready.map(condition -> condition.string("status").equals("True") ? "Ready" : "NotReady").orElse("Unknown");
    return node.tree("spec").bool("unschedulable") ? status + ",SchedulingDisabled" : status;
  }

  private static String roles(Tree node) {
    Set<String> roles = new TreeSet<>();
    node.tree("metadata")
        .stringMap("labels")
        .forEach(
            (key, value) -> {
              if (key.startsWith(ROLE_PREFIX) && key.length() > ROLE_PREFIX.length()) {
                roles.add(key.substring(ROLE_PREFIX.length()));
              } else if (key.equals(ROLE_LABEL) && !value.isEmpty()) {
                roles.add(value);
              }
            });
    return roles.isEmpty() ? NONE : String.join(",", roles);
  }

  private static String address(Tree node, String type) {
    return node.tree("status").trees("addresses").stream()
        .filter(address -> address.string("type").equals(type))
        .map(address -> address.string("address"))
        .findFirst()
        .orElse(NONE);
  }
}
