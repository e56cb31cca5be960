package io.kubrig.apiserver.kinds.discovery;

import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.table.Columns;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.apiserver.validation.Addresses;
import io.kubrig.apiserver.validation.MetadataRules;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.apiserver.validation.Ports;
import io.kubrig.machinery.network.IpAddress;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Endpoint slices. Their generation counts changes of labels too. */
public final class EndpointSliceKind implements Kind {
  private static final int MAX_ENDPOINTS = 1000;
  private static final int MAX_ADDRESSES = 100;
  private static final int MAX_PORTS = 20_000;
  private static final int MAX_HINTS = 8;
  private static final int SHOWN = 3;
  private static final String UNSET = "<unset>";
  private static final List<String> PROTOCOLS = List.of("SCTP", "TCP", "UDP");
  private static final List<String> TYPES = List.of("FQDN", "IPv4", "IPv6");

  private static final TableColumns COLUMNS =
      Columns.of(
          (slice, now) ->
              Columns.row(Columns.name(slice), slice.string("addressType"), ports(slice), endpoints(slice), Columns.age(slice, now)),
          Columns.NAME,
          Columns.text("AddressType", "addressType specifies the type of address carried by this EndpointSlice."),
          Columns.text("Ports", "ports specifies the list of network ports exposed by each endpoint in this slice."),
          Columns.text("Endpoints", "endpoints is a list of unique endpoints in this slice."),
          Columns.AGE);

  @Override
  public void prepareForCreate(Tree object, Operation operation) {
    dropTopology(object, operation);
  }

  @Override
  public void prepareForUpdate(Tree object, Tree old, Operation operation) {
    if (!object.trees("endpoints").equals(old.trees("endpoints"))) {
      dropTopology(object, operation);
    }
  }

  /** What v1 does not write any more. */
  private static void dropTopology(Tree object, Operation operation) {
    if (operation.version().equals("v1")) {
      object.trees("endpoints").forEach(endpoint -> endpoint.remove("deprecatedTopology"));
    }
  }

  @Override
  public MetadataRepeat metadataRepeat() {
    return MetadataRepeat.RULES;
  }

  @Override
  public boolean countsGenerations() {
    return true;
  }

  @Override
  public boolean sameDesiredState(Tree object, Tree old) {
    return object.tree("metadata").stringMap("labels").equals(old.tree("metadata").stringMap("labels"))
        && Kind.super.sameDesiredState(object, old);
  }

  @Override
  public void applyDefaults(Tree object, String version) {
    for (Tree port : object.trees("ports")) {
      port.fill("name", "");
      port.fill("protocol", "TCP");
    }
  }

  @Override
  public void validate(Tree object, FieldErrors errors, Operation operation) {
    String type = object.string("addressType");
    FieldPath path = FieldPath.of("addressType");
    if (type.isEmpty()) {
      errors.required(path, "");
    } else if (!TYPES.contains(type)) {
      errors.notSupported(path, type, TYPES);
    }
    endpoints(object.trees("endpoints"), type, errors);
    ports(object.trees("ports"), errors);
  }

  @Override
  public void validateUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    MetadataRules.immutable(object.get("addressType"), old.get("addressType"), FieldPath.of("addressType"), errors);
  }

  private static void endpoints(List<Tree> endpoints, String type, FieldErrors errors) {
    FieldPath path = FieldPath.of("endpoints");
    if (endpoints.size() > MAX_ENDPOINTS) {
      errors.tooMany(path, endpoints.size(), MAX_ENDPOINTS);
      return;
    }
    for (int i = 0; i < endpoints.size(); i++) {
      endpoint(endpoints.get(i), type, path.index(i), errors);
    }
  }

  private static void endpoint(Tree endpoint, String type, FieldPath path, FieldErrors errors) {
    FieldPath at = path.child("addresses");
    List<String> addresses = endpoint.strings("addresses");
    if (addresses.isEmpty()) {
      errors.required(at, "must contain at least 1 address");
    } else if (addresses.size() > MAX_ADDRESSES) {
      errors.tooMany(at, addresses.size(), MAX_ADDRESSES);
    }
    for (int i = 0; i < addresses.size(); i++) {
      address(addresses.get(i), type, at, at.index(i), errors);
    }
    if (endpoint.get("nodeName") != null) {
      String node = endpoint.string("nodeName");
      Names.dnsSubdomain(node).forEach(text -> errors.invalid(path.child("nodeName"), node, text));
    }
    if (endpoint.get("hostname") != null) {
      String hostname = endpoint.string("hostname");
      Names.dnsLabel(hostname).forEach(text -> errors.invalid(path.child("hostname"), hostname, text));
    }
    hints(endpoint.tree("hints"), "forZones", path.child("hints"), errors);
    hints(endpoint.tree("hints"), "forNodes", path.child("hints"), errors);
  }

  private static void address(String address, String type, FieldPath list, FieldPath path, FieldErrors errors) {
    if (type.equals("FQDN")) {
      fullName(address, path, errors);
      return;
    }
    if (!type.equals("IPv4") && !type.equals("IPv6")) {
      return;
    }
    Optional<IpAddress> parsed = Addresses.lenient(address, path, errors);
    if (parsed.isEmpty()) {
      return;
    }
    if (type.equals("IPv4") && parsed.get().v6()) {
      errors.invalid(list, address, "must be an IPv4 address");
    }
    if (type.equals("IPv6") && !parsed.get().v6()) {
      errors.invalid(list, address, "must be an IPv6 address");
    }
    Addresses.reachable(address, path, errors);
  }

  private static void fullName(String name, FieldPath path, FieldErrors errors) {
    if (name.isEmpty()) {
      errors.required(path, "");
      return;
    }
    String bare = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    List<String> wrong = Names.dnsSubdomain(bare);
    wrong.forEach(text -> errors.invalid(path, bare, text));
    if (wrong.isEmpty() && !bare.contains(".")) {
      errors.invalid(path, bare, "should be a domain with at least two segments separated by dots");
    }
  }

  private static void hints(Tree hints, String member, FieldPath path, FieldErrors errors) {
    List<Tree> list = hints.trees(member);
    if (list.size() > MAX_HINTS) {
      errors.tooMany(path.child(member), list.size(), MAX_HINTS);
      return;
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < list.size(); i++) {
      FieldPath at = path.child(member).index(i).child("name");
      String name = list.get(i).string("name");
      if (!seen.add(name)) {
        errors.duplicate(at, name);
      }
      List<String> wrong = member.equals("forZones") ? Names.labelValue(name) : Names.dnsSubdomain(name);
      wrong.forEach(text -> errors.invalid(at, name, text));
    }
  }

  private static void ports(List<Tree> ports, FieldErrors errors) {
    FieldPath path = FieldPath.of("ports");
    if (ports.size() > MAX_PORTS) {
      errors.tooMany(path, ports.size(), MAX_PORTS);
      return;
    }
    Set<String> names = new HashSet<>();
    for (int i = 0; i < ports.size(); i++) {
      port(ports.get(i), names, path.index(i), errors);
    }
  }

  private static void port(Tree port, Set<String> names, FieldPath path, FieldErrors errors) {
    String name = port.string("name");
    if (!names.add(name)) {
      errors.duplicate(path.child("name"), name);
    }
    if (!name.isEmpty()) {
      Names.dnsLabel(name).forEach(text -> errors.invalid(path.child("name"), name, text));
    }
    String protocol = port.string("protocol");
    if (port.get("protocol") == null) {
      errors.required(path.child("protocol"), "");
    } else if (!PROTOCOLS.contains(protocol)) {
      errors.notSupported(path.child("protocol"), protocol, PROTOCOLS);
    }
    if (port.get("appProtocol") != null) {
      String application = port.string("appProtocol");
      Names.qualifiedName(application).forEach(text -> errors.invalid(path.child("appProtocol"), application, text));
    }
  }

  @Override
  public List<String> warnings(Tree object, Tree old) {
    List<String> warnings = new ArrayList<>();
    if (object.string("addressType").equals("FQDN") && old != null) {
      return warnings;
    }
    if (object.string("addressType").equals("FQDN")) {
      warnings.add("spec.addressType: FQDN endpoints are deprecated");
      return warnings;
    }
    List<Tree> endpoints = object.trees("endpoints");
    for (int i = 0; i < endpoints.size(); i++) {
      List<String> addresses = endpoints.get(i).strings("addresses");
      for (int j = 0; j < addresses.size(); j++) {
        warnings.addAll(Addresses.warnings(addresses.get(j), "endpoints[" + i + "].addresses[" + j + "]"));
      }
    }
    return warnings;
  }

  @Override
  public TableColumns columns() {
    return COLUMNS;
  }

  private static String ports(Tree slice) {
    List<String> all = new ArrayList<>();
    slice.trees("ports").forEach(port -> all.add(port.get("port") == null ? "*" : Long.toString(port.integer("port"))));
    return shown(all);
  }

  private static String endpoints(Tree slice) {
    List<String> all = new ArrayList<>();
    slice.trees("endpoints").forEach(endpoint -> all.addAll(endpoint.strings("addresses")));
    return shown(all);
  }

  private static String shown(List<String> all) {
    if (all.isEmpty()) {
      return UNSET;
    }
    String text = String.join(",", all.subList(0, Math.min(SHOWN, all.size())));
    return all.size() > SHOWN ? text + " + " + (all.size() - SHOWN) + " more..." : text;
  }
}
