package io.kubrig.apiserver.admission.webhook;

import io.kubrig.apiserver.authz.ObjectReader;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The webhooks of one kind of configuration, followed in storage: by the names of their configurations, then as stated. Safe for
 * concurrent use.
 */
final class HookStore implements ObjectReader.Follower {
  private final String plural;
  private final Map<String, List<Hook>> byConfiguration = new TreeMap<>();
  private volatile List<Hook> hooks = List.of();

  HookStore(String plural) {
    this.plural = plural;
  }

  void start(ObjectReader objects) {
    objects.follow("admissionregistration.k8s.io", plural, this);
  }

  @Override
  public void put(Tree configuration) {
    String name = configuration.tree("metadata").string("name");
    Map<String, Integer> sameNames = new HashMap<>();
    List<Hook> stated = new ArrayList<>();
    for (Tree webhook : configuration.trees("webhooks")) {
      int count = sameNames.merge(webhook.string("name"), 1, Integer::sum) - 1;
      stated.add(Hook.of(name, name + "/" + webhook.string("name") + "/" + count, webhook));
    }
    change(name, stated);
  }

  @Override
  public void removed(Tree configuration) {
    change(configuration.tree("metadata").string("name"), List.of());
  }

  private synchronized void change(String name, List<Hook> stated) {
    if (stated.isEmpty()) {
      byConfiguration.remove(name);
    } else {
      byConfiguration.put(name, stated);
    }
    hooks = byConfiguration.values().stream().flatMap(List::stream).toList();
  }

  List<Hook> hooks() {
    return hooks;
  }
}
