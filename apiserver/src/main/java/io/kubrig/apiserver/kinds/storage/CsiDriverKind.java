package io.kubrig.apiserver.kinds.storage;

import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.table.Columns;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Descriptions of CSI drivers. */
final class CsiDriverKind implements Kind {
  /** A field whose feature is off. */
  private static final String GATED = "preventPodSchedulingIfMissing";
  private static final long LEAST_PERIOD = 10;
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final List<String> POLICIES = List.of("File", "None", "ReadWriteOnceWithFSType");
  private static final List<String> MODES = List.of("Persistent", "Ephemeral");

  private static final TableColumns COLUMNS =
      Columns.of(
          (driver, now) ->
              Columns.row(
                  Columns.name(driver),
                  driver.tree("spec").bool("attachRequired", true),
                  driver.tree("spec").bool("podInfoOnMount"),
                  driver.tree("spec").bool("storageCapacity"),
                  audiences(driver),
                  driver.tree("spec").bool("requiresRepublish"),
                  modes(driver),
                  Columns.age(driver, now)),
          Columns.NAME,
          Columns.flag("AttachRequired", "attachRequired indicates this CSI volume driver requires an attach operation."),
          Columns.flag("PodInfoOnMount", "podInfoOnMount indicates this CSI volume driver requires additional pod information."),
          Columns.flag("StorageCapacity",
              "storageCapacity indicates that the CSI volume driver wants pod scheduling to consider the storage capacity."),
          Columns.text("TokenRequests",
              "tokenRequests indicates the CSI driver needs pods' service account tokens it is mounting volume for."),
          Columns.flag("RequiresRepublish",
              "requiresRepublish indicates the CSI driver wants NodePublishVolume being periodically called."),
          Columns.text("Modes", "volumeLifecycleModes defines what kind of volumes this CSI volume driver supports."),
          Columns.AGE);

  @Override
  public void prepareForCreate(Tree object, Operation operation) {
    object.need("spec").remove(GATED);
  }

  @Override
  public void prepareForUpdate(Tree object, Tree old, Operation operation) {
    if (!old.tree("spec").has(GATED)) {
      object.need("spec").remove(GATED);
    }
    if (!object.tree("spec").equals(old.tree("spec"))) {
      object.need("metadata").set("generation", old.tree("metadata").integer("generation") + 1);
    }
  }

  @Override
  public MetadataRepeat metadataRepeat() {
    return MetadataRepeat.CHANGE;
  }

  @Override
  public boolean unconditionalUpdate() {
    return false;
  }

  @Override
  public boolean answersDeletedObject() {
    return true;
  }

  @Override
  public void applyDefaults(Tree object, String version) {
    Tree spec = object.need("spec");
    spec.fill("attachRequired", true);
    spec.fill("podInfoOnMount", false);
    spec.fill("storageCapacity", false);
    spec.fill("fsGroupPolicy", "ReadWriteOnceWithFSType");
    if (spec.list("volumeLifecycleModes").isEmpty()) {
      spec.set("volumeLifecycleModes", new ArrayList<Object>(List.of("Persistent")));
    }
    spec.fill("requiresRepublish", false);
    spec.fill("seLinuxMount", false);
  }

  @Override
  public void validate(Tree object, FieldErrors errors, Operation operation) {
    Tree spec = object.tree("spec");
    for (String member : List.of("attachRequired", "podInfoOnMount", "storageCapacity", "fsGroupPolicy", "seLinuxMount")) {
      if (spec.get(member) == null) {
        errors.required(SPEC.child(member), "");
      }
    }
    String policy = spec.string("fsGroupPolicy");
    if (spec.get("fsGroupPolicy") != null && !POLICIES.contains(policy)) {
      errors.notSupported(SPEC.child("fsGroupPolicy"), policy, POLICIES);
    }
    tokens(spec.trees("tokenRequests"), errors);
    if (spec.get("nodeAllocatableUpdatePeriodSeconds") instanceof Long seconds && seconds < LEAST_PERIOD) {
      errors.invalid(SPEC.child("nodeAllocatableUpdatePeriodSeconds"), seconds, "must be greater than or equal to 10 seconds");
    }
    if (spec.get("serviceAccountTokenInSecrets") != null && spec.list("tokenRequests").isEmpty()) {
      errors.invalid(
          SPEC.child("serviceAccountTokenInSecrets"),
          spec.get("serviceAccountTokenInSecrets"),
          "serviceAccountTokenInSecrets is set but no tokenRequests are specified");
    }
    for (String mode : spec.strings("volumeLifecycleModes")) {
      if (!MODES.contains(mode)) {
        errors.notSupported(SPEC.child("volumeLifecycleModes"), mode, MODES);
      }
    }
  }

  private static void tokens(List<Tree> requests, FieldErrors errors) {
    Set<String> audiences = new HashSet<>();
    for (int i = 0; i < requests.size(); i++) {
      FieldPath path = SPEC.child("tokenRequests").index(i);
      String audience = requests.get(i).string("audience");
      if (!audiences.add(audience)) {
        errors.duplicate(path.child("audience"), audience);
      }
      if (requests.get(i).get("expirationSeconds") instanceof Long seconds) {
        if (seconds < 600) {
          errors.invalid(path.child("expirationSeconds"), seconds, "may not specify a duration less than 10 minutes");
        }
        if (seconds > 1L << 32) {
          errors.invalid(path.child("expirationSeconds"), seconds, "may not specify a duration larger than 2^32 seconds");
        }
      }
    }
  }

  @Override
  public void validateUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    for (String member : List.of("attachRequired", "volumeLifecycleModes")) {
      Object now = object.tree("spec").get(member);
      if (!Objects.equals(now, old.tree("spec").get(member))) {
        errors.invalid(SPEC.child(member.equals("attachRequired") ? "attachedRequired" : member), now, "field is immutable");
      }
    }
  }

  @Override
  public List<String> warnings(Tree object, Tree old) {
    Tree spec = object.tree("spec");
    boolean asked =
        old == null
            ? !spec.list("tokenRequests").isEmpty()
            : !spec.list("tokenRequests").equals(old.tree("spec").list("tokenRequests"));
    return asked && spec.get("serviceAccountTokenInSecrets") == null
        ? List.of(
            "spec.serviceAccountTokenInSecrets is unset; if supported by this CSI driver, set to true to prevent possible logging of "
                + "tokens in"
                + " volume attributes")
        : List.of();
  }

  @Override
  public TableColumns columns() {
    return COLUMNS;
  }

  private static String audiences(Tree driver) {
    List<Tree> requests = driver.tree("spec").trees("tokenRequests");
    return requests.isEmpty() ? "<unset>" : String.join(",", requests.stream().map(request -> request.string("audience")).toList());
  }

  private static String modes(Tree driver) {
    List<String> modes = driver.tree("spec").strings("volumeLifecycleModes");
    return modes.isEmpty() ? "<none>" : String.join(",", modes);
  }
}
