package io.kubrig.apiserver.server;

import io.kubrig.apiserver.discovery.ServedGroup;
import io.kubrig.apiserver.discovery.ServedVersion;
import io.kubrig.machinery.tree.Tree;
import java.util.List;

/** The APIService objects of what this server serves itself. (Source: pkg/controlplane/apiserver/aggregator.go.) */
final class LocalApiServices {
  private LocalApiServices() {}

  static void create(Bootstrap bootstrap, List<ServedGroup> groups) {
    for (ServedGroup group : groups) {
      for (ServedVersion version : group.versions()) {
        if (!group.name().equals("apiregistration.k8s.io")) {
          create(bootstrap, version);
        }
      }
    }
  }

  private static void create(Bootstrap bootstrap, ServedVersion served) {
    String group = served.group();
    String version = served.version();
    Tree spec = new Tree();
    if (!group.isEmpty()) {
      spec.set("group", group);
    }
    spec.set("version", version);
    spec.set("groupPriorityMinimum", (long) served.groupPriority());
    spec.set("versionPriority", (long) served.versionPriority());
    Tree metadata = Tree.of("name", version + "." + group, "labels", Tree.of("kube-aggregator.kubernetes.io/automanaged", "onstart"));
    bootstrap.create("apiregistration.k8s.io", "apiservices", Tree.of("metadata", metadata, "spec", spec));
  }
}
