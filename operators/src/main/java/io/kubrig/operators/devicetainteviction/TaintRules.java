package io.kubrig.operators.devicetainteviction;

import io.kubrig.machinery.clock.Clock;
import io.kubrig.operators.metadata.Discovery;
import io.kubrig.operators.metadata.MetadataClient;
import io.kubrig.operators.metadata.MetadataInformer;
import io.kubrig.operators.metadata.ResourceType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The DeviceTaintRules of the cluster, where the server serves them. */
final class TaintRules implements AutoCloseable {
  private static final String KIND = "DeviceTaintRule";
  private static final String GROUP_VERSION = "resource.k8s.io/v1beta2";
  private static final String MANAGER = "device-taint-eviction-controller";

  private final MetadataClient client;
  private final Clock clock;
  private volatile MetadataInformer informer; // set once by begin
  private volatile List<TaintRule> known = List.of(); // replaced as a whole

  TaintRules(MetadataClient client, Clock clock) {
    this.client = client;
    this.clock = clock;
  }

  /** Begins to watch, if the server serves the kind. @param changed is called after every change */
  void begin(Runnable changed) {
    Optional<ResourceType> type = Discovery.of(client).kind(GROUP_VERSION, KIND);
    type.ifPresent(found -> informer = new MetadataInformer(found, client, clock, (kind, before, after) -> changed.run()));
  }

  /** Reads the rules anew. Returns those that are new or say something else than before. */
  List<TaintRule> refresh() {
    List<TaintRule> rules = new ArrayList<>();
    client.json(informer.type().collection(""), "application/json").path("items").forEach(item -> rules.add(TaintRule.of(item)));
    List<TaintRule> before = known;
    known = List.copyOf(rules);
    return rules.stream().filter(rule -> before.stream().noneMatch(rule::saysTheSame)).toList();
  }

  List<TaintRule> known() {
    return known;
  }

  /** The rules because of which pods have to go. */
  List<TaintRule> evicting() {
    return known.stream().filter(TaintRule::evicts).toList();
  }

  Optional<TaintRule> find(String name) {
    return known.stream().filter(rule -> rule.name().equals(name)).findFirst();
  }

  /** Writes a rule's condition, whoever else wrote it before. */
  void report(TaintRule rule, Map<String, Object> condition) {
    client.apply(informer.type(), rule.name(), "status", MANAGER,
        Map.of("metadata", Map.of("name", rule.name(), "uid", rule.uid()), "status", Map.of("conditions", List.of(condition))));
  }

  @Override
  public void close() {
    if (informer != null) {
      informer.close();
    }
  }
}
