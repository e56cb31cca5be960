package io.kubrig.apiserver.kinds.resource;

import io.kubrig.apiserver.kinds.Cluster;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.machinery.tree.Tree;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The devices that a claim asks for: defaults and rules. (Source: pkg/apis/resource/validation, KEP-4381.) */
final class DeviceRequests {
  private static final int MAX_IDENTIFIER = 32;
  private static final int MAX_DRIVER = 63;
  private static final int MOST = 32;
  private static final String MODE = "allocationMode";
  private static final String EXACT = "ExactCount";

  private static final String ADMIN_LABEL = "resource.kubernetes.io/admin-access";
  private static final List<String> EFFECTS = List.of("NoExecute", "NoSchedule", "None");
  private static final int MOST_CHOICES = 8;
  private static final int MOST_TOLERATIONS = 16;
  private static final int MAX_RAW = 10 << 10;

  private DeviceRequests() {}

  /** Access for administrators is for namespaces that are labelled for it: where a claim asks for it first, if it may not. */
  static void adminAccess(Tree devices, String namespace, Cluster cluster, FieldErrors errors) {
    List<Tree> requests = devices.trees("requests");
    for (int i = 0; i < requests.size(); i++) {
      if (!requests.get(i).tree("exactly").bool("adminAccess")) {
        continue;
      }
      forAdministrators(FieldPath.of("spec", "devices", "requests").index(i), namespace, cluster, errors);
      return;
    }
  }

  /** The same for devices that a status says to be allocated so, and did not before. */
  static void adminResults(Tree status, Tree old, String namespace, Cluster cluster, FieldErrors errors) {
    int before = adminResult(old);
    int index = adminResult(status);
    if (before < 0 && index >= 0) {
      forAdministrators(FieldPath.of("status", "allocation", "devices", "results").index(index), namespace, cluster, errors);
    }
  }

  /** Where the first device is that is accessed as an administrator, -1 for nowhere. */
  private static int adminResult(Tree status) {
    List<Tree> results = status.tree("allocation").tree("devices").trees("results");
    for (int i = 0; i < results.size(); i++) {
      if (results.get(i).bool("adminAccess")) {
        return i;
      }
    }
    return -1;
  }

  private static void forAdministrators(FieldPath path, String namespace, Cluster cluster, FieldErrors errors) {
    Tree labels = cluster.get("", "namespaces", "", namespace).orElse(Tree.empty()).tree("metadata").tree("labels");
    if (!labels.string(ADMIN_LABEL).equals("true")) {
      errors.forbidden(
          path.child("adminAccess"), "admin access to devices requires the `" + ADMIN_LABEL + ": true` label on the containing namespace");
    }
  }

  static void applyDefaults(Tree devices) {
    for (Tree request : devices.trees("requests")) {
      if (request.get("exactly") instanceof Tree exactly) {
        count(exactly);
      }
      request.trees("firstAvailable").forEach(DeviceRequests::count);
    }
  }

  private static void count(Tree request) {
    if (request.string(MODE).isEmpty()) {
      request.set(MODE, EXACT);
    }
    if (request.string(MODE).equals(EXACT) && request.integer("count") == 0) {
      request.set("count", 1L);
    }
  }

  static void check(Tree devices, FieldPath path, DeviceExpressions expressions, FieldErrors errors) {
    Set<String> names = new HashSet<>();
    Set<String> all = names(devices);
    List<Tree> requests = devices.trees("requests");
    if (requests.size() > MOST) {
      errors.tooMany(path.child("requests"), requests.size(), MOST);
    }
    for (int i = 0; i < requests.size() && requests.size() <= MOST; i++) {
      FieldPath at = path.child("requests").index(i);
      Tree request = requests.get(i);
      String name = request.string("name");
      name(name, at.child("name"), errors);
      if (!names.add(name)) {
        errors.duplicate(at, name);
      }
      alternatives(request, at, expressions, errors);
    }
    constraints(devices.trees("constraints"), path.child("constraints"), all, errors);
    List<Tree> configurations = devices.trees("config");
    if (configurations.size() > MOST) {
      errors.tooMany(path.child("config"), configurations.size(), MOST);
    }
    for (int i = 0; i < configurations.size() && configurations.size() <= MOST; i++) {
      FieldPath at = path.child("config").index(i);
      references(configurations.get(i).strings("requests"), at.child("requests"), all, errors);
      configuration(configurations.get(i), at, errors);
    }
  }

  /** What may be referred to as a request: requests, and their choices after a slash. */
  static Set<String> names(Tree devices) {
    Set<String> all = new HashSet<>();
    for (Tree request : devices.trees("requests")) {
      all.add(request.string("name"));
      request.trees("firstAvailable").forEach(choice -> all.add(request.string("name") + "/" + choice.string("name")));
    }
    return all;
  }

  static void configuration(Tree configuration, FieldPath path, FieldErrors errors) {
    if (!(configuration.get("opaque") instanceof Tree opaque)) {
      errors.required(path.child("opaque"), "");
      return;
    }
    driver(opaque.string("driver"), path.child("opaque", "driver"), errors);
    rawObject(opaque.get("parameters"), path.child("opaque", "parameters"), errors);
  }

  /** Anything that is a JSON object, and not too long. */
  static void rawObject(Object value, FieldPath path, FieldErrors errors) {
    if (value == null) {
      errors.required(path, "");
    } else if (FieldErrors.shown(value).getBytes(StandardCharsets.UTF_8).length > MAX_RAW) {
      errors.tooLong(path, MAX_RAW);
    } else if (!(value instanceof Tree)) {
      errors.invalid(path, "<value omitted>", "must be a valid JSON object");
    }
  }

  static void driver(String driver, FieldPath path, FieldErrors errors) {
    if (driver.isEmpty()) {
      errors.required(path, "");
      return;
    }
    if (driver.length() > MAX_DRIVER) {
      errors.tooLong(path, MAX_DRIVER);
    }
    Names.dnsSubdomain(driver.toLowerCase(Locale.ROOT)).forEach(text -> errors.invalid(path, driver, text));
  }

  private static void name(String name, FieldPath path, FieldErrors errors) {
    Names.dnsLabel(name).forEach(text -> errors.invalid(path, name, text));
  }

  private static void alternatives(
      Tree request, FieldPath path, DeviceExpressions expressions, FieldErrors errors) {
    boolean exactly = request.get("exactly") instanceof Tree;
    List<Tree> choices = request.trees("firstAvailable");
    if (exactly && !choices.isEmpty()) {
      errors.invalid(path, null, "exactly one of `exactly` or `firstAvailable` is required, but multiple fields are set");
    } else if (!exactly && choices.isEmpty()) {
      errors.required(path, "exactly one of `exactly` or `firstAvailable` is required");
    }
    if (exactly && choices.isEmpty()) {
      request(request.tree("exactly"), path.child("exactly"), expressions, errors);
    }
    if (exactly) {
      return; // native checks neither of two
    }
    if (choices.size() > MOST_CHOICES) {
      errors.tooMany(path.child("firstAvailable"), choices.size(), MOST_CHOICES);
      return;
    }
    Set<String> own = new HashSet<>();
    for (int i = 0; i < choices.size(); i++) {
      FieldPath at = path.child("firstAvailable").index(i);
      String choice = choices.get(i).string("name");
      name(choice, at.child("name"), errors);
      if (!own.add(choice)) {
        errors.duplicate(at, choice);
      }
      request(choices.get(i), at, expressions, errors);
    }
  }

  private static void request(Tree request, FieldPath path, DeviceExpressions expressions, FieldErrors errors) {
    String type = request.string("deviceClassName");
    FieldPath at = path.child("deviceClassName");
    if (type.isEmpty()) {
      errors.required(at, "");
    } else {
      Names.dnsSubdomain(type).forEach(text -> errors.invalid(at, type, text));
    }
    selectors(request.trees("selectors"), path.child("selectors"), expressions, errors);
    long count = request.integer("count");
    switch (request.string(MODE)) {
      case "All" -> {
        if (count != 0) {
          errors.invalid(path.child("count"), count, "must not be specified when allocationMode is 'All'");
        }
      }
      case EXACT -> {
        if (count <= 0) {
          errors.invalid(path.child("count"), count, "must be greater than zero");
        }
      }
      default -> errors.notSupported(path.child(MODE), request.string(MODE), List.of("All", EXACT));
    }
    tolerations(request.trees("tolerations"), path.child("tolerations"), errors);
  }

  private static void tolerations(List<Tree> tolerations, FieldPath path, FieldErrors errors) {
    if (tolerations.size() > MOST_TOLERATIONS) {
      errors.tooMany(path, tolerations.size(), MOST_TOLERATIONS);
    }
    for (int i = 0; i < tolerations.size(); i++) {
      toleration(tolerations.get(i), path.index(i), errors);
    }
  }

  private static void toleration(Tree toleration, FieldPath path, FieldErrors errors) {
    String key = toleration.string("key");
    String value = toleration.string("value");
    String effect = toleration.string("effect");
    if (!key.isEmpty()) {
      Names.qualifiedName(key).forEach(text -> errors.invalid(path.child("key"), key, text));
    }
    switch (toleration.string("operator")) {
      case "Exists" -> {
        if (!value.isEmpty()) {
          errors.invalid(path.child("value"), value, "must be empty for operator `Exists`");
        }
      }
      case "Equal" -> Names.labelValue(value).forEach(text -> errors.invalid(path.child("value"), value, text));
      case "" -> errors.required(path.child("operator"), "");
      default -> errors.notSupported(path.child("operator"), toleration.string("operator"), List.of("Equal", "Exists"));
    }
    if (!effect.isEmpty() && !EFFECTS.contains(effect)) {
      errors.notSupported(path.child("effect"), effect, EFFECTS);
    }
  }

  static void selectors(List<Tree> selectors, FieldPath path, DeviceExpressions expressions, FieldErrors errors) {
    if (selectors.size() > MOST) {
      errors.tooMany(path, selectors.size(), MOST);
      return;
    }
    for (int i = 0; i < selectors.size(); i++) {
      FieldPath at = path.index(i).child("cel");
      if (!(selectors.get(i).get("cel") instanceof Tree cel)) {
        errors.required(at, "");
      } else if (cel.string("expression").length() > MAX_RAW) {
        errors.tooLong(at.child("expression"), MAX_RAW);
      } else {
        expressions.check(cel.string("expression"), at.child("expression"), errors);
      }
    }
  }

  private static void constraints(List<Tree> constraints, FieldPath path, Set<String> names, FieldErrors errors) {
    if (constraints.size() > MOST) {
      errors.tooMany(path, constraints.size(), MOST);
      return;
    }
    for (int i = 0; i < constraints.size(); i++) {
      FieldPath at = path.index(i);
      references(constraints.get(i).strings("requests"), at.child("requests"), names, errors);
      if (constraints.get(i).get("matchAttribute") != null) {
        qualified(constraints.get(i).string("matchAttribute"), at.child("matchAttribute"), errors);
      } else if (constraints.get(i).get("distinctAttribute") != null) {
        qualified(constraints.get(i).string("distinctAttribute"), at.child("distinctAttribute"), errors);
      } else {
        errors.required(at, "exactly one of \"matchAttribute\" or \"distinctAttribute\" is required, but multiple fields are set");
      }
    }
  }

  static void references(List<String> requests, FieldPath path, Set<String> names, FieldErrors errors) {
    if (requests.size() > MOST) {
      errors.tooMany(path, requests.size(), MOST);
      return;
    }
    for (int i = 0; i < requests.size(); i++) {
      reference(requests.get(i), path.index(i), names, errors);
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < requests.size(); i++) {
      if (!seen.add(requests.get(i))) {
        errors.duplicate(path.index(i), requests.get(i));
      }
    }
  }

  /** A request of the claim, or one of the choices of a request after a slash. */
  static void reference(String request, FieldPath path, Set<String> names, FieldErrors errors) {
    String[] parts = request.split("/", -1);
    for (int i = 0; i < parts.length && parts.length <= 2; i++) {
      name(parts[i], path, errors);
    }
    if (!names.contains(request)) {
      errors.invalid(
          path, request, "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'");
    }
  }

  private static void qualified(String name, FieldPath path, FieldErrors errors) {
    attribute(name, path, errors);
    if (!name.contains("/")) {
      errors.invalid(path, name, "a fully qualified name must be a domain and a name separated by a slash");
    }
  }

  /** The name of an attribute or capacity, with or without its domain; native lets pass what has more than one slash. */
  static void attribute(String name, FieldPath path, FieldErrors errors) {
    String[] parts = name.split("/", -1);
    if (parts.length == 1) {
      identifier(name, path, errors);
    } else if (parts.length == 2) {
      if (parts[0].isEmpty()) {
        errors.invalid(path, "", "the domain must not be empty");
      } else {
        driver(parts[0], path, errors);
      }
      if (parts[1].isEmpty()) {
        errors.invalid(path, "", "the name must not be empty");
      } else {
        identifier(parts[1], path, errors);
      }
    }
  }

  private static void identifier(String name, FieldPath path, FieldErrors errors) {
    if (name.length() > MAX_IDENTIFIER) {
      errors.tooLong(path, MAX_IDENTIFIER);
    }
    if (!name.matches("[A-Za-z_][A-Za-z0-9_]*")) {
      errors.invalid(
          path, name,
          "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_' "
              + "(e.g. 'my_name', "
              + " or 'MY_NAME',  or 'MyName', regex used for validation is '[A-Za-z_][A-Za-z0-9_]*')");
    }
  }
}
