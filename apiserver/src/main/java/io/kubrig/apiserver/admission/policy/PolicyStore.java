package io.kubrig.apiserver.admission.policy;

import io.kubrig.apiserver.authz.ObjectReader;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** The policies of one kind with their bindings, followed in storage. Safe for concurrent use. */
final class PolicyStore {
  private static final String GROUP = "admissionregistration.k8s.io";

  private final String policies;
  private final String bindings;
  private final boolean mutates;
  private final Map<String, Tree> stated = new ConcurrentSkipListMap<>();
  private final Map<String, Tree> bound = new ConcurrentSkipListMap<>();
  private final Map<String, Policy> compiled = new ConcurrentHashMap<>();

  PolicyStore(String policies, String bindings, boolean mutates) {
    this.policies = policies;
    this.bindings = bindings;
    this.mutates = mutates;
  }

  /** A policy with those of its bindings that there are. */
  record Hook(Policy policy, List<Tree> bindings) {}

  void start(ObjectReader objects) {
    objects.follow(GROUP, policies, into(stated));
    objects.follow(GROUP, bindings, into(bound));
  }

  private ObjectReader.Follower into(Map<String, Tree> known) {
    return new ObjectReader.Follower() {
      @Override
      public void put(Tree object) {
        known.put(object.tree("metadata").string("name"), object);
      }

      @Override
      public void removed(Tree object) {
        known.remove(object.tree("metadata").string("name"));
      }
    };
  }

  /** Compiled again only when the policy has changed. */
  private Policy compiled(String name, Tree policy) {
    return compiled.compute(
        name,
        (key, before) -> before != null && before.stated().tree("spec").equals(policy.tree("spec")) ? before : Policy.of(policy, mutates));
  }

  boolean isEmpty() {
    return stated.isEmpty();
  }

  /** Every policy that is bound. */
  List<Hook> hooks() {
    List<Hook> hooks = new ArrayList<>();
    for (Tree policy : stated.values()) {
      String name = policy.tree("metadata").string("name");
      List<Tree> own = bound.values().stream().filter(binding -> binding.tree("spec").string("policyName").equals(name)).toList();
      if (!own.isEmpty()) {
        hooks.add(new Hook(compiled(name, policy), own));
      }
    }
    return hooks;
  }
}
