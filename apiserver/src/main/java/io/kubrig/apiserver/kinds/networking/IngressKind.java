package io.kubrig.apiserver.kinds.networking;

import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.table.Columns;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.apiserver.validation.Addresses;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.apiserver.validation.Ports;
import io.kubrig.machinery.network.IpAddress;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Ingresses. (Source: pkg/apis/networking/validation.) */
final class IngressKind implements Kind {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final int SHOWN = 3;
  private static final String CLASS_ANNOTATION = "kubernetes.io/ingress.class";
  private static final List<String> PATH_TYPES = List.of("Exact", "ImplementationSpecific", "Prefix");
  private static final List<String> BAD_SEQUENCES = List.of("//", "/./", "/../", "%2f", "%2F");
  private static final List<String> BAD_ENDS = List.of("/..", "/.");
  private static final String WILDCARD_TEXT =
      "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric"
          + " characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is"
          + " '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

  private static final TableColumns COLUMNS =
      Columns.of(
          (ingress, now) ->
              Columns.row(
                  Columns.name(ingress),
                  ingress.tree("spec").string("ingressClassName", "<none>"),
                  hosts(ingress),
                  addresses(ingress),
                  ingress.tree("spec").list("tls").isEmpty() ? "80" : "80, 443",
                  Columns.age(ingress, now)),
          Columns.NAME,
          Columns.text("Class", "The name of the IngressClass resource that should be used for additional configuration"),
          Columns.text("Hosts", "Hosts that incoming requests are matched against before the ingress rule"),
          Columns.text("Address", "Address is a list containing ingress points for the load-balancer"),
          Columns.text("Ports", "Ports of TLS configurations that open"),
          Columns.AGE);

  @Override
  public boolean hasStatus() {
    return true;
  }

  @Override
  public void validate(Tree object, FieldErrors errors, Operation operation) {
    Tree spec = object.tree("spec");
    boolean backend = spec.get("defaultBackend") instanceof Tree;
    List<Tree> rules = spec.trees("rules");
    if (rules.isEmpty() && !backend) {
      errors.invalid(SPEC, null, "either `defaultBackend` or `rules` must be specified");
    }
    if (backend) {
      backend(spec.tree("defaultBackend"), SPEC.child("defaultBackend"), errors);
    }
    for (int i = 0; i < rules.size(); i++) {
      rule(rules.get(i), SPEC.child("rules").index(i), errors);
    }
    tls(spec.trees("tls"), errors);
    if (spec.get("ingressClassName") != null) {
      String name = spec.string("ingressClassName");
      Names.dnsSubdomain(name).forEach(text -> errors.invalid(SPEC.child("ingressClassName"), name, text));
      String annotated = object.tree("metadata").stringMap("annotations").get(CLASS_ANNOTATION);
      if (operation.verb() == Operation.Verb.CREATE && annotated != null && !annotated.equals(name)) {
        errors.invalid(
            FieldPath.of("metadata", "annotations").child(CLASS_ANNOTATION), annotated,
                "must match `ingressClassName` when both are specified");
      }
    }
  }

  private static void rule(Tree rule, FieldPath path, FieldErrors errors) {
    String host = rule.string("host");
    FieldPath at = path.child("host");
    if (!host.isEmpty()) {
      if (IpAddress.parse(host).isPresent()) {
        errors.invalid(at, host, "must be a DNS name, not an IP address");
      }
      host(host, at, errors);
    }
    if (!(rule.get("http") instanceof Tree http)) {
      return;
    }
    List<Tree> paths = http.trees("paths");
    if (paths.isEmpty()) {
      errors.required(path.child("http", "paths"), "");
    }
    for (int i = 0; i < paths.size(); i++) {
      path(paths.get(i), path.child("http", "paths").index(i), errors);
    }
  }

  private static void host(String host, FieldPath path, FieldErrors errors) {
    if (host.contains("*")) {
      if (!host.startsWith("*.") || !Names.isDnsSubdomain(host.substring(2))) {
        errors.invalid(path, host, WILDCARD_TEXT);
      }
    } else {
      Names.dnsSubdomain(host).forEach(text -> errors.invalid(path, host, text));
    }
  }

  private static void path(Tree entry, FieldPath path, FieldErrors errors) {
    String type = entry.string("pathType");
    String value = entry.string("path");
    FieldPath at = path.child("path");
    if (entry.get("pathType") == null) {
      errors.required(path.child("pathType"), "pathType must be specified");
      return;
    } else if (type.equals("Exact") || type.equals("Prefix")) {
      if (!value.startsWith("/")) {
        errors.invalid(at, value, "must be an absolute path");
      }
      if (!value.isEmpty()) {
        BAD_SEQUENCES.stream().filter(value::contains).forEach(bad -> errors.invalid(at, value, "must not contain '" + bad + "'"));
        BAD_ENDS.stream().filter(value::endsWith).forEach(bad -> errors.invalid(at, value, "cannot end with '" + bad + "'"));
      }
    } else if (type.equals("ImplementationSpecific")) {
      if (!value.isEmpty() && !value.startsWith("/")) {
        errors.invalid(at, value, "must be an absolute path");
      }
    } else {
      errors.notSupported(path.child("pathType"), type, PATH_TYPES);
    }
    backend(entry.tree("backend"), path.child("backend"), errors);
  }

  private static void backend(Tree backend, FieldPath path, FieldErrors errors) {
    boolean resource = backend.get("resource") instanceof Tree;
    boolean service = backend.get("service") instanceof Tree;
    if (resource && service) {
      errors.invalid(path, "", "cannot set both resource and service backends");
    } else if (resource) {
      resource(backend.tree("resource"), path.child("resource"), errors);
    } else if (service) {
      service(backend.tree("service"), path, errors);
    } else {
      errors.invalid(path, "", "resource or service backend is required");
    }
  }

  private static void resource(Tree reference, FieldPath path, FieldErrors errors) {
    for (String member : List.of("kind", "name")) {
      String value = reference.string(member);
      if (value.isEmpty()) {
        errors.required(path.child(member), "");
      } else {
        Names.pathSegment(value, false).forEach(text -> errors.invalid(path.child(member), value, text));
      }
    }
    if (reference.get("apiGroup") instanceof String group) {
      Names.dnsSubdomain(group).forEach(text -> errors.invalid(path.child("apiGroup"), group, text));
    }
  }

  private static void service(Tree service, FieldPath path, FieldErrors errors) {
    String name = service.string("name");
    FieldPath at = path.child("service");
    if (name.isEmpty()) {
      errors.required(at.child("name"), "");
    } else {
      Names.dnsLabel(name).forEach(text -> errors.invalid(at.child("name"), name, text));
    }
    Tree port = service.tree("port");
    String portName = port.string("name");
    long number = port.integer("number");
    if (!portName.isEmpty() && number != 0) {
      errors.invalid(path, "", "cannot set both port name & port number");
    } else if (!portName.isEmpty()) {
      Ports.name(portName).forEach(text -> errors.invalid(at.child("port", "name"), portName, text));
    } else if (number != 0) {
      Ports.number(number).forEach(text -> errors.invalid(at.child("port", "number"), number, text));
    } else {
      errors.required(path, "port name or number is required");
    }
  }

  private static void tls(List<Tree> entries, FieldErrors errors) {
    for (int i = 0; i < entries.size(); i++) {
      FieldPath path = SPEC.child("tls").index(i);
      List<String> hosts = entries.get(i).strings("hosts");
      for (int j = 0; j < hosts.size(); j++) {
        host(hosts.get(j), path.child("hosts").index(j), errors);
      }
      String secret = entries.get(i).string("secretName");
      if (!secret.isEmpty()) {
        Names.dnsSubdomain(secret).forEach(text -> errors.invalid(path.child("secretName"), secret, text));
      }
    }
  }

  @Override
  public void validateStatusUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    List<Tree> points = object.tree("status").tree("loadBalancer").trees("ingress");
    for (int i = 0; i < points.size(); i++) {
      FieldPath path = FieldPath.of("status", "loadBalancer", "ingress").index(i);
      String ip = points.get(i).string("ip");
      String host = points.get(i).string("hostname");
      if (!ip.isEmpty()) {
        Addresses.lenient(ip, path.child("ip"), errors);
      }
      if (!host.isEmpty()) {
        Names.dnsSubdomain(host).forEach(text -> errors.invalid(path.child("hostname"), host, text));
        if (IpAddress.parse(host).isPresent()) {
          errors.invalid(path.child("hostname"), host, "must be a DNS name, not an IP address");
        }
      }
    }
  }

  @Override
  public List<String> warnings(Tree object, Tree old) {
    boolean annotated = object.tree("metadata").stringMap("annotations").containsKey(CLASS_ANNOTATION);
    boolean before = old != null && old.tree("metadata").stringMap("annotations").containsKey(CLASS_ANNOTATION);
    return annotated && !before
        ? List.of("annotation \"kubernetes.io/ingress.class\" is deprecated, please use 'spec.ingressClassName' instead")
        : List.of();
  }

  @Override
  public TableColumns columns() {
    return COLUMNS;
  }

  private static String hosts(Tree ingress) {
    Set<String> hosts = new LinkedHashSet<>();
    ingress.tree("spec").trees("rules").forEach(rule -> hosts.add(rule.string("host")));
    hosts.remove("");
    if (hosts.isEmpty()) {
      return "*";
    }
    List<String> all = new ArrayList<>(hosts);
    String text = String.join(",", all.subList(0, Math.min(SHOWN, all.size())));
    return all.size() > SHOWN ? text + " + " + (all.size() - SHOWN) + " more..." : text;
  }

  private static String addresses(Tree ingress) {
    Set<String> found = new TreeSet<>();
    for (Tree point : ingress.tree("status").tree("loadBalancer").trees("ingress")) {
      if (!point.string("ip").isEmpty()) {
        found.add(point.string("ip"));
      } else if (!point.string("hostname").isEmpty()) {
        found.add(point.string("hostname"));
      }
    }
    return String.join(",", found);
  }
}
