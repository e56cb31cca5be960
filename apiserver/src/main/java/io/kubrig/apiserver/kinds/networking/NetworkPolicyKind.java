package io.kubrig.apiserver.kinds.networking;

import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.table.Columns;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.apiserver.validation.Addresses;
import io.kubrig.apiserver.validation.Ports;
import io.kubrig.apiserver.validation.Selectors;
import io.kubrig.machinery.network.Cidr;
import io.kubrig.machinery.selector.LabelSelector;
import io.kubrig.machinery.tree.Given;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Network policies. */
final class NetworkPolicyKind implements Kind {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final List<String> PROTOCOLS = List.of("TCP", "UDP", "SCTP");
  private static final List<String> TYPES = List.of("Ingress", "Egress");

  private static final TableColumns COLUMNS =
      Columns.of(
          (policy, now) -> Columns.row(Columns.name(policy), selector(policy), Columns.age(policy, now)),
          Columns.NAME,
          Columns.text("Pod-Selector", "podSelector selects the pods to which this NetworkPolicy object applies."),
          Columns.AGE);

  /** Natively compared by {@code reflect.DeepEqual}: a list that was given empty differs from none, which is what is stored. */
  @Override
  public boolean sameDesiredState(Tree object, Tree old) {
    return Given.alike(object.given("spec"), old.given("spec"));
  }

  @Override
  public MetadataRepeat metadataRepeat() {
    return MetadataRepeat.CHANGE;
  }

  @Override
  public boolean countsGenerations() {
    return true;
  }

  @Override
  public void applyDefaults(Tree object, String version) {
    Tree spec = object.need("spec");
    if (spec.list("policyTypes").isEmpty()) {
      List<Object> types = new ArrayList<>(List.of("Ingress"));
      if (!spec.list("egress").isEmpty()) {
        types.add("Egress");
      }
      spec.set("policyTypes", types);
    }
    for (String direction : List.of("ingress", "egress")) {
      for (Tree rule : spec.trees(direction)) {
        rule.trees("ports").forEach(port -> port.fill("protocol", "TCP"));
      }
    }
  }

  @Override
  public void validate(Tree object, FieldErrors errors, Operation operation) {
    Tree spec = object.tree("spec");
    Selectors.check(spec.tree("podSelector"), SPEC.child("podSelector"), errors);
    rules(spec.trees("ingress"), SPEC.child("ingress"), "from", errors);
    rules(spec.trees("egress"), SPEC.child("egress"), "to", errors);
    List<String> types = spec.strings("policyTypes");
    if (types.size() > 2) {
      errors.invalid(SPEC.child("policyTypes"), new ArrayList<Object>(types), "may not specify more than two policyTypes");
      return;
    }
    for (int i = 0; i < types.size(); i++) {
      if (!TYPES.contains(types.get(i))) {
        errors.notSupported(SPEC.child("policyTypes").index(i), types.get(i), TYPES);
      }
    }
  }

  private static void rules(List<Tree> rules, FieldPath path, String peers, FieldErrors errors) {
    for (int i = 0; i < rules.size(); i++) {
      List<Tree> ports = rules.get(i).trees("ports");
      for (int j = 0; j < ports.size(); j++) {
        port(ports.get(j), path.index(i).child("ports").index(j), errors);
      }
      List<Tree> others = rules.get(i).trees(peers);
      for (int j = 0; j < others.size(); j++) {
        peer(others.get(j), path.index(i).child(peers).index(j), errors);
      }
    }
  }

  private static void port(Tree port, FieldPath path, FieldErrors errors) {
    if (port.get("protocol") != null && !PROTOCOLS.contains(port.string("protocol"))) {
      errors.notSupported(path.child("protocol"), port.string("protocol"), PROTOCOLS);
    }
    FieldPath end = path.child("endPort");
    switch (port.get("port")) {
      case null -> {
        if (port.get("endPort") != null) {
          errors.invalid(end, port.get("endPort"), "may not be specified when `port` is not specified");
        }
      }
      case String name -> {
        if (port.get("endPort") != null) {
          errors.invalid(end, port.get("endPort"), "may not be specified when `port` is non-numeric");
        }
        Ports.name(name).forEach(text -> errors.invalid(path.child("port"), name, text));
      }
      default -> {
        long number = port.integer("port");
        Ports.number(number).forEach(text -> errors.invalid(path.child("port"), number, text));
        if (port.get("endPort") != null) {
          long last = port.integer("endPort");
          if (last < number) {
            errors.invalid(end, number, "must be greater than or equal to `port`");
          }
          Ports.number(last).forEach(text -> errors.invalid(end, last, text));
        }
      }
    }
  }

  private static void peer(Tree peer, FieldPath path, FieldErrors errors) {
    int kinds = 0;
    for (String member : List.of("podSelector", "namespaceSelector")) {
      if (peer.get(member) instanceof Tree selector) {
        kinds++;
        Selectors.check(selector, path.child(member), errors);
      }
    }
    if (peer.get("ipBlock") instanceof Tree block) {
      if (kinds > 0) {
        errors.forbidden(path, "may not specify both ipBlock and another peer");
      }
      kinds++;
      block(block, path.child("ipBlock"), errors);
    }
    if (kinds == 0) {
      errors.required(path, "must specify a peer");
    }
  }

  private static void block(Tree block, FieldPath path, FieldErrors errors) {
    String text = block.string("cidr");
    if (text.isEmpty()) {
      errors.required(path.child("cidr"), "");
      return;
    }
    Optional<Cidr> range = Addresses.lenientCidr(text, path.child("cidr"), errors);
    if (range.isEmpty()) {
      return;
    }
    List<String> exceptions = block.strings("except");
    for (int i = 0; i < exceptions.size(); i++) {
      FieldPath at = path.child("except").index(i);
      Optional<Cidr> exception = Addresses.lenientCidr(exceptions.get(i), at, errors);
      boolean within = exception.filter(cidr -> range.get().contains(cidr) && cidr.prefixLength() > range.get().prefixLength()).isPresent();
      if (exception.isPresent() && !within) {
        errors.invalid(at, exceptions.get(i), "must be a strict subset of `cidr`");
      }
    }
  }

  @Override
  public List<String> warnings(Tree object, Tree old) {
    List<String> warnings = new ArrayList<>();
    for (String direction : List.of("ingress", "egress")) {
      List<Tree> rules = object.tree("spec").trees(direction);
      String peers = direction.equals("ingress") ? "from" : "to";
      for (int i = 0; i < rules.size(); i++) {
        List<Tree> others = rules.get(i).trees(peers);
        for (int j = 0; j < others.size(); j++) {
          String path = "spec." + direction + "[" + i + "]." + peers + "[" + j + "].ipBlock";
          Tree block = others.get(j).tree("ipBlock");
          warnings.addAll(Addresses.cidrWarnings(block.string("cidr"), path + ".cidr"));
          List<String> exceptions = block.strings("except");
          for (int k = 0; k < exceptions.size(); k++) {
            warnings.addAll(Addresses.cidrWarnings(exceptions.get(k), path + ".except[" + k + "]"));
          }
        }
      }
    }
    return warnings;
  }

  @Override
  public TableColumns columns() {
    return COLUMNS;
  }

  private static String selector(Tree policy) {
    Tree selector = policy.tree("spec").tree("podSelector");
    return Selectors.isEmpty(selector) ? "<none>" : LabelSelector.of(selector).toString();
  }
}
