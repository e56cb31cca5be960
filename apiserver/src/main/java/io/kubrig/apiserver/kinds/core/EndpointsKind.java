package io.kubrig.apiserver.kinds.core;

import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.table.Columns;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.apiserver.validation.Addresses;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.apiserver.validation.Ports;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Endpoints, the deprecated forerunner of endpoint slices. */
final class EndpointsKind implements Kind {
  private static final int SHOWN = 3;
  private static final List<String> PROTOCOLS = List.of("SCTP", "TCP", "UDP");

  private static final TableColumns COLUMNS =
      Columns.of(
          (endpoints, now) -> Columns.row(Columns.name(endpoints), shown(endpoints), Columns.age(endpoints, now)),
          Columns.NAME,
          Columns.text("Endpoints", "The set of all endpoints is the union of all subsets."),
          Columns.AGE);

  @Override
  public boolean createsOnUpdate() {
    return true;
  }

  @Override
  public void applyDefaults(Tree object, String version) {
    for (Tree subset : object.trees("subsets")) {
      for (Tree port : subset.trees("ports")) {
        if (port.string("protocol").isEmpty()) {
          port.set("protocol", "TCP");
        }
      }
    }
  }

  @Override
  public void validate(Tree object, FieldErrors errors, Operation operation) {
    List<Tree> subsets = object.trees("subsets");
    for (int i = 0; i < subsets.size(); i++) {
      subset(subsets.get(i), FieldPath.of("subsets").index(i), errors);
    }
  }

  private static void subset(Tree subset, FieldPath path, FieldErrors errors) {
    List<Tree> ready = subset.trees("addresses");
    List<Tree> notReady = subset.trees("notReadyAddresses");
    if (ready.isEmpty() && notReady.isEmpty()) {
      errors.required(path, "must specify `addresses` or `notReadyAddresses`");
    }
    for (int i = 0; i < ready.size(); i++) {
      address(ready.get(i), path.child("addresses").index(i), errors);
    }
    for (int i = 0; i < notReady.size(); i++) {
      address(notReady.get(i), path.child("notReadyAddresses").index(i), errors);
    }
    List<Tree> ports = subset.trees("ports");
    for (int i = 0; i < ports.size(); i++) {
      port(ports.get(i), ports.size() > 1, path.child("ports").index(i), errors);
    }
  }

  private static void address(Tree address, FieldPath path, FieldErrors errors) {
    String ip = address.string("ip");
    Addresses.lenient(ip, path.child("ip"), errors);
    if (!address.string("hostname").isEmpty()) {
      String hostname = address.string("hostname");
      Names.dnsLabel(hostname).forEach(text -> errors.invalid(path.child("hostname"), hostname, text));
    }
    if (address.get("nodeName") != null) {
      String node = address.string("nodeName");
      Names.dnsSubdomain(node).forEach(text -> errors.invalid(path.child("nodeName"), node, text));
    }
    Addresses.reachable(ip, path.child("ip"), errors);
  }

  private static void port(Tree port, boolean needsName, FieldPath path, FieldErrors errors) {
    String name = port.string("name");
    if (needsName && name.isEmpty()) {
      errors.required(path.child("name"), "");
    } else if (!name.isEmpty()) {
      Names.dnsLabel(name).forEach(text -> errors.invalid(path.child("name"), name, text));
    }
    long number = port.integer("port");
    Ports.number(number).forEach(text -> errors.invalid(path.child("port"), number, text));
    String protocol = port.string("protocol");
    if (protocol.isEmpty()) {
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
    List<Tree> subsets = object.trees("subsets");
    for (int i = 0; i < subsets.size(); i++) {
      for (String member : List.of("addresses", "notReadyAddresses")) {
        List<Tree> addresses = subsets.get(i).trees(member);
        for (int j = 0; j < addresses.size(); j++) {
          warnings.addAll(Addresses.warnings(addresses.get(j).string("ip"), "subsets[" + i + "]." + member + "[" + j + "].ip"));
        }
      }
    }
    return warnings;
  }

  @Override
  public Optional<String> deprecation(String version) {
    return Optional.of("v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice");
  }

  @Override
  public TableColumns columns() {
    return COLUMNS;
  }

  private static String shown(Tree endpoints) {
    List<String> all = new ArrayList<>();
    for (Tree subset : endpoints.trees("subsets")) {
      List<Tree> ports = subset.trees("ports");
      for (Tree address : ports.isEmpty() ? subset.trees("addresses") : List.<Tree>of()) {
        all.add(address.string("ip"));
      }
      for (Tree port : ports) {
        for (Tree address : subset.trees("addresses")) {
          String ip = address.string("ip");
          all.add((ip.contains(":") ? "[" + ip + "]" : ip) + ":" + port.integer("port"));
        }
      }
    }
    if (all.isEmpty()) {
      return "<none>";
    }
    String text = String.join(",", all.subList(0, Math.min(SHOWN, all.size())));
    return all.size() > SHOWN ? text + " + " + (all.size() - SHOWN) + " more..." : text;
  }
}
