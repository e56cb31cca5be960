package io.kubrig.apiserver.kinds.certificates;

import io.kubrig.apiserver.authn.UserInfo;
import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.Lens;
import io.kubrig.apiserver.registry.NameRule;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.table.Columns;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.machinery.timestamp.Timestamps;
import io.kubrig.machinery.tree.Tree;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Certificate signing requests: the requester is who creates them, their spec never changes, and only the path {@code /approval} approves
 * or denies. (Source: pkg/registry/certificates, KEP-1513.)
 */
public final class SigningRequestKind implements Kind {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final FieldPath CONDITIONS = FieldPath.of("status", "conditions");
  private static final List<String> DECISIONS = List.of("Approved", "Denied");
  private static final long MIN_SECONDS = 600;
  private static final Set<String> USAGES =
      Set.of(
          "signing", "digital signature", "content commitment", "key encipherment", "key agreement", "data encipherment", "cert sign",
              "crl sign",
          "encipher only", "decipher only", "any", "server auth", "client auth", "code signing", "email protection", "s/mime",
              "ipsec end system",
          "ipsec tunnel", "ipsec user", "timestamping", "ocsp signing", "microsoft sgc", "netscape sgc");

  private static final TableColumns COLUMNS =
      Columns.of(
          SigningRequestKind::row,
          Columns.NAME,
          Columns.AGE,
          Columns.text("SignerName", "signerName indicates the requested signer, and is a qualified name."),
          Columns.text("Requestor", "The user that created the request."),
          Columns.text("RequestedDuration", "expirationSeconds is the requested duration of validity of the issued certificate."),
          Columns.text("Condition", "The state of the request."));

  @Override
  public NameRule nameRule() {
    return NameRule.PATH_SEGMENT;
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
  public void prepareForCreate(Tree object, Operation operation) {
    Tree spec = object.need("spec");
    UserInfo user = operation.user();
    spec.set("username", user.name());
    set(spec, "uid", user.uid().isEmpty() ? null : user.uid());
    set(spec, "groups", user.groups().isEmpty() ? null : new ArrayList<Object>(user.groups()));
    Tree extra = new Tree();
    new TreeMap<>(user.extra()).forEach((key, values) -> extra.set(key, new ArrayList<Object>(values)));
    set(spec, "extra", extra.isEmpty() ? null : extra);
  }

  /** Nobody owns the spec: the server alone decides that it never changes. */
  @Override
  public Set<String> resetFields() {
    return Set.of("spec");
  }

  private static void set(Tree tree, String member, Object value) {
    if (value == null) {
      tree.remove(member);
    } else {
      tree.set(member, value);
    }
  }

  @Override
  public void prepareForUpdate(Tree object, Tree old, Operation operation) {
    Lens.carry("spec", object, old);
  }

  @Override
  public MetadataRepeat statusMetadataRepeat() {
    return MetadataRepeat.BOTH;
  }

  @Override
  public void prepareForStatusUpdate(Tree object, Tree old, Operation operation) {
    Lens.carry("spec", object, old);
    stamp(object, old, operation);
  }

  /** Fills the times of conditions that are new or have changed. */
  private static void stamp(Tree object, Tree old, Operation operation) {
    String now = Timestamps.format(operation.now());
    for (Tree condition : object.need("status").trees("conditions")) {
      if (condition.string("lastUpdateTime").isEmpty()) {
        condition.set("lastUpdateTime", now);
      }
      if (condition.string("lastTransitionTime").isEmpty()) {
        Optional<Tree> before =
            old.tree("status").trees("conditions").stream()
                .filter(other -> other.string("type").equals(condition.string("type"))
                    && other.string("status").equals(condition.string("status")))
                .findFirst();
        String changed = before.map(other -> other.string("lastTransitionTime")).orElse("");
        condition.set("lastTransitionTime", changed.isEmpty() ? now : changed);
      }
    }
  }

  @Override
  public Optional<Lens> lens(String subresource) {
    return subresource.equals("approval") ? Optional.of(APPROVAL) : Optional.empty();
  }

  private static final Lens APPROVAL =
      new Lens() {
        @Override
        public void prepare(Tree object, Tree old, Operation operation) {
          Lens.carry("spec", object, old);
          Object conditions = object.tree("status").get("conditions");
          Lens.carry("status", object, old);
          set(object.need("status"), "conditions", conditions);
          stamp(object, old, operation);
        }

        @Override
        public void validate(Tree object, Tree old, FieldErrors errors, Operation operation) {
          conditions(object, errors);
          keeps(object, old, errors, DECISIONS, false);
          keeps(object, old, errors, List.of("Failed"), false);
        }
      };

  @Override
  public void validate(Tree object, FieldErrors errors, Operation operation) {
    Tree spec = object.tree("spec");
    request(spec.string("request"), errors);
    usages(spec.strings("usages"), errors);
    signer(spec.string("signerName"), errors);
    if (operation.verb() == Operation.Verb.CREATE && spec.string("signerName").equals("kubernetes.io/legacy-unknown")) {
      errors.invalid(SPEC.child("signerName"), spec.string("signerName"), "the legacy signerName is not allowed via this API version");
    }
    if (spec.get("expirationSeconds") instanceof Long seconds && seconds < MIN_SECONDS) {
      errors.invalid(SPEC.child("expirationSeconds"), seconds, "may not specify a duration less than 600 seconds (10 minutes)");
    }
    conditions(object, errors);
  }

  private static void request(String base64, FieldErrors errors) {
    SubmittedRequest.trouble(base64).ifPresent(why -> errors.add("FieldValueInvalid", SPEC.child("request"),
        "Invalid value: " + (base64.isEmpty() ? "null" : "\"" + base64 + "\"") + ": " + why));
  }

  private static void usages(List<String> usages, FieldErrors errors) {
    FieldPath path = SPEC.child("usages");
    if (usages.isEmpty()) {
      errors.required(path, "");
    }
    for (int i = 0; i < usages.size(); i++) {
      if (!USAGES.contains(usages.get(i))) {
        errors.notSupported(path.index(i), usages.get(i), USAGES.stream().sorted().toList());
      }
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < usages.size(); i++) {
      if (!seen.add(usages.get(i))) {
        errors.duplicate(path.index(i), usages.get(i));
      }
    }
  }

  private static void signer(String signer, FieldErrors errors) {
    FieldPath path = SPEC.child("signerName");
    if (signer.isEmpty()) {
      errors.required(path, "");
      return;
    }
    String[] parts = signer.split("/", -1);
    if (parts.length != 2) {
      errors.invalid(path, signer, "must be a fully qualified domain and path of the form 'example.com/signer-name'");
      return;
    }
    Names.dnsSubdomain(parts[0])
        .forEach(text -> errors.invalid(path, parts[0], "validating label \"" + parts[0] + "\": " + text));
    if (Names.isDnsSubdomain(parts[0]) && !parts[0].contains(".")) {
      errors.invalid(path, parts[0], "should be a domain with at least two segments separated by dots");
    }
    for (String part : parts[1].split("\\.", -1)) {
      Names.dnsLabel(part).forEach(text -> errors.invalid(path, parts[1], "validating label \"" + part + "\": " + text));
    }
    if (signer.length() > 571) {
      errors.tooLong(path, 571);
    }
  }

  private static void conditions(Tree object, FieldErrors errors) {
    Set<String> seen = new HashSet<>();
    List<Tree> conditions = object.tree("status").trees("conditions");
    for (int i = 0; i < conditions.size(); i++) {
      String type = conditions.get(i).string("type");
      String status = conditions.get(i).string("status");
      FieldPath path = CONDITIONS.index(i);
      if (type.isEmpty()) {
        errors.required(path.child("type"), "");
      }
      if (status.isEmpty()) {
        errors.required(path.child("status"), "");
      } else if (!List.of("True", "False", "Unknown").contains(status)) {
        errors.notSupported(path.child("status"), status, List.of("False", "True", "Unknown"));
      } else if (List.of("Approved", "Denied", "Failed").contains(type) && !status.equals("True")) {
        errors.notSupported(path.child("status"), status, List.of("True"));
      }
      if (!seen.add(type)) {
        errors.duplicate(path.child("type"), type);
      }
    }
    if (seen.contains("Approved") && seen.contains("Denied")) {
      errors.invalid(CONDITIONS, "Denied", "Approved and Denied conditions are mutually exclusive");
    }
  }

  /** Conditions that stay once they are there, and with {@code neverNew} may not come by this path. */
  private static void keeps(Tree object, Tree old, FieldErrors errors, List<String> types, boolean neverNew) {
    for (String type : types) {
      boolean before = has(old, type);
      boolean now = has(object, type);
      if (before && !now) {
        errors.forbidden(CONDITIONS, "updates may not remove a condition of type \"" + type + "\"");
      } else if (!before && now && neverNew) {
        errors.forbidden(CONDITIONS, "updates may not add a condition of type \"" + type + "\"");
      }
    }
  }

  private static boolean has(Tree object, String type) {
    return object.tree("status").trees("conditions").stream().anyMatch(condition -> condition.string("type").equals(type));
  }

  @Override
  public void validateStatusUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    conditions(object, errors);
    keeps(object, old, errors, DECISIONS, true);
    keeps(object, old, errors, List.of("Failed"), false);
    String certificate = old.tree("status").string("certificate");
    String issued = object.tree("status").string("certificate");
    if (!issued.equals(certificate) && IssuedCertificate.trouble(certificate).isEmpty()) {
      IssuedCertificate.trouble(issued)
          .ifPresent(why -> errors.invalid(FieldPath.of("status", "certificate"), "<certificate data>", why));
    }
    if (!certificate.isEmpty() && !certificate.equals(issued)) {
      errors.forbidden(FieldPath.of("status", "certificate"), "updates may not set certificate content");
    }
  }

  @Override
  public boolean selectableByNamespace() {
    return false;
  }

  @Override
  public Map<String, String> selectableFields(Tree object) {
    return Map.of("spec.signerName", object.tree("spec").string("signerName"));
  }

  @Override
  public Set<String> selectableFieldLabels() {
    return Set.of("spec.signerName");
  }

  @Override
  public String unsupportedField(String field) {
    return "field label not supported: " + field;
  }

  @Override
  public TableColumns columns() {
    return COLUMNS;
  }

  private static List<Object> row(Tree request, Instant now) {
    Tree spec = request.tree("spec");
    String duration =
        spec.get("expirationSeconds") instanceof Long seconds ? io.kubrig.apiserver.table.Ages.shortly(Duration.ofSeconds(seconds))
            : "<none>";
    return Columns.row(
        Columns.name(request),
        Columns.age(request, now),
        spec.string("signerName", "<none>"),
        spec.string("username"),
        duration,
        condition(request));
  }

  private static String condition(Tree request) {
    String text =
        has(request, "Denied") ? "Denied" : has(request, "Approved") ? "Approved" : has(request, "Failed") ? "" : "Pending";
    if (has(request, "Failed")) {
      text += text.isEmpty() ? "Failed" : ",Failed";
    }
    return request.tree("status").string("certificate").isEmpty() ? text : text + ",Issued";
  }
}
