package io.kubrig.apiserver.kinds.apiregistration;

import io.kubrig.apiserver.kinds.Cluster;
import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.NameRule;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.table.Columns;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.apiserver.validation.Ports;
import io.kubrig.machinery.timestamp.Timestamps;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** API services: what is served by this server itself is available from the start. (Source: kube-aggregator.) */
public final class ApiServiceKind implements Kind {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final List<String> STATUSES = List.of("True", "False", "Unknown");
  private static final long HTTPS = 443;

  private static final TableColumns COLUMNS =
      Columns.of(
          (service, now) -> Columns.row(Columns.name(service), reference(service), availability(service), Columns.age(service, now)),
          Columns.NAME,
          Columns.text("Service", "The reference to the service that hosts this API endpoint."),
          Columns.text("Available", "Whether this service is available."),
          Columns.AGE);

  private final Cluster cluster;

  public ApiServiceKind(Cluster cluster) {
    this.cluster = cluster;
  }

  @Override
  public boolean qualifiesFinalizers() {
    return false;
  }

  @Override
  public boolean hasStatus() {
    return true;
  }

  @Override
  public NameRule nameRule() {
    return NameRule.PATH_SEGMENT;
  }

  @Override
  public boolean countsGenerations() {
    return false;
  }

  @Override
  public boolean unconditionalUpdate() {
    return false;
  }

  @Override
  public void applyDefaults(Tree object, String version) {
    if (object.tree("spec").get("service") instanceof Tree service) {
      service.fill("port", HTTPS);
    }
  }

  @Override
  public void initialStatus(Tree object, Tree empty) {
    Kind.super.initialStatus(object, empty);
    if (object.tree("spec").get("service") == null) {
      Tree condition =
          Tree.of(
              "type", "Available",
              "status", "True",
              "lastTransitionTime", Timestamps.format(cluster.clock().now()),
              "reason", "Local",
              "message", "Local APIServices are always available");
      object.need("status").set("conditions", new ArrayList<Object>(List.of(condition)));
    }
  }

  @Override
  public void validate(Tree object, FieldErrors errors, Operation operation) {
    Tree spec = object.tree("spec");
    String group = spec.string("group");
    String version = spec.string("version");
    String name = object.tree("metadata").string("name");
    String wanted = version + "." + group;
    String prefix = object.tree("metadata").string("generateName");
    if (!prefix.isEmpty() && Names.pathSegment(prefix, true).isEmpty() && !prefix.equals(wanted)) {
      errors.invalid(FieldPath.of("metadata", "generateName"), prefix, "must be `spec.version+\".\"+spec.group`: \"" + wanted + "\"");
    }
    if (!name.isEmpty() && Names.pathSegment(name, false).isEmpty() && !name.equals(version + "." + group)) {
      errors.invalid(FieldPath.of("metadata", "name"), name, "must be `spec.version+\".\"+spec.group`: \"" + version + "." + group + "\"");
    }
    if (group.isEmpty() && !version.equals("v1")) {
      errors.required(SPEC.child("group"), "only v1 may have an empty group and it better be legacy kube");
    }
    if (!group.isEmpty()) {
      Names.dnsSubdomain(group).forEach(text -> errors.invalid(SPEC.child("group"), group, text));
    }
    Names.dns1035Label(version).forEach(text -> errors.invalid(SPEC.child("version"), version, text));
    range(spec, "groupPriorityMinimum", 20_000, errors);
    range(spec, "versionPriority", 1000, errors);
    boolean insecure = spec.bool("insecureSkipTLSVerify");
    if (!(spec.get("service") instanceof Tree service)) {
      if (!spec.string("caBundle").isEmpty()) {
        errors.invalid(SPEC.child("caBundle"), spec.string("caBundle").length() + " bytes", "local APIServices may not have a caBundle");
      }
      if (insecure) {
        errors.invalid(SPEC.child("insecureSkipTLSVerify"), true, "local APIServices may not have insecureSkipTLSVerify");
      }
      return;
    }
    if (service.string("namespace").isEmpty()) {
      errors.required(SPEC.child("service", "namespace"), "");
    }
    if (service.string("name").isEmpty()) {
      errors.required(SPEC.child("service", "name"), "");
    }
    long port = service.integer("port");
    Ports.number(port).forEach(text -> errors.invalid(SPEC.child("service", "port"), port, "port is not valid: " + text));
    if (insecure && !spec.string("caBundle").isEmpty()) {
      errors.invalid(SPEC.child("insecureSkipTLSVerify"), true, "may not be true if caBundle is present");
    }
  }

  @Override
  public void validateStatusUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    List<Tree> conditions = object.tree("status").trees("conditions");
    for (int i = 0; i < conditions.size(); i++) {
      String status = conditions.get(i).string("status");
      if (!STATUSES.contains(status)) {
        errors.notSupported(FieldPath.of("status", "conditions").index(i).child("status"), status, STATUSES);
      }
    }
  }

  private static void range(Tree spec, String member, long most, FieldErrors errors) {
    long value = spec.integer(member);
    if (value <= 0 || value > most) {
      errors.invalid(SPEC.child(member), value, "must be positive and less than " + most);
    }
  }

  @Override
  public TableColumns columns() {
    return COLUMNS;
  }

  private static String reference(Tree object) {
    return object.tree("spec").get("service") instanceof Tree service ? service.string("namespace") + "/" + service.string("name")
        : "Local";
  }

  private static String availability(Tree object) {
    Optional<Tree> available =
        object.tree("status").trees("conditions").stream().filter(condition -> condition.string("type").equals("Available")).findFirst();
    if (available.isEmpty()) {
      return "Unknown";
    }
    String status = available.get().string("status");
    return status.equals("True") ? status : status + " (" + available.get().string("reason") + ")";
  }
}
