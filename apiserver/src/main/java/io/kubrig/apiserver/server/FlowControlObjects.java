package io.kubrig.apiserver.server;

import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;

/** The flow schemas and priority levels that are there from the start. (Source: apiserver/pkg/apis/flowcontrol/bootstrap, KEP-1040.) */
final class FlowControlObjects {
  private static final String GROUP = "flowcontrol.apiserver.k8s.io";
  private static final String MASTERS = "system:masters";
  private static final String SCHEDULER = "system:kube-scheduler";
  private static final String CONTROLLERS = "system:kube-controller-manager";

  private final Bootstrap bootstrap;

  FlowControlObjects(Bootstrap bootstrap) {
    this.bootstrap = bootstrap;
  }

  void create() {
    level("exempt", Tree.of("type", "Exempt", "exempt", Tree.of("nominalConcurrencyShares", 0L, "lendablePercent", 0L)));
    level("catch-all", limited(5, 0, Tree.of("type", "Reject")));
    level("system", limited(30, 33, queue(64, 6)));
    level("node-high", limited(40, 25, queue(64, 6)));
    level("leader-election", limited(10, 0, queue(16, 4)));
    level("workload-high", limited(40, 50, queue(128, 6)));
    level("workload-low", limited(100, 90, queue(128, 6)));
    level("global-default", limited(20, 50, queue(128, 6)));
    schemas();
  }

  private void schemas() {
    List<Object> everyone = list(group("system:unauthenticated"), group("system:authenticated"));
    schema("exempt", "exempt", 1, "", rule(list(group(MASTERS)), list(everything()), list(everyUrl())));
    Tree health = Tree.of("verbs", list("get"), "nonResourceURLs", list("/healthz", "/readyz", "/livez"));
    schema("probes", "exempt", 2, "", rule(everyone, list(), list(health)));
    Tree leases = resources(list("get", "create", "update"), list("coordination.k8s.io"), list("leases"), false);
    List<Object> system = list(user(CONTROLLERS), user(SCHEDULER), account("kube-system", "*"));
    schema("system-leader-election", "leader-election", 100, "ByUser", rule(system, list(leases), list()));
    Tree nodes = resources(list("*"), list(""), list("nodes", "nodes/status"), true);
    Tree nodeLeases = resources(list("*"), list("coordination.k8s.io"), list("leases"), false);
    schema("system-node-high", "node-high", 400, "ByUser", rule(list(group("system:nodes")), list(nodes, nodeLeases), list()));
    schema("system-nodes", "system", 500, "ByUser", rule(list(group("system:nodes")), list(everything()), list(everyUrl())));
    schema("kube-controller-manager", "workload-high", 800, "ByNamespace",
        rule(list(user(CONTROLLERS)), list(everything()), list(everyUrl())));
    schema("kube-scheduler", "workload-high", 800, "ByNamespace", rule(list(user(SCHEDULER)), list(everything()), list(everyUrl())));
    schema(
        "kube-system-service-accounts", "workload-high", 900, "ByNamespace",
        rule(list(account("kube-system", "*")), list(everything()), list(everyUrl())));
    schema("service-accounts", "workload-low", 9000, "ByUser",
        rule(list(group("system:serviceaccounts")), list(everything()), list(everyUrl())));
    schema("global-default", "global-default", 9900, "ByUser", rule(everyone, list(everything()), list(everyUrl())));
    schema("catch-all", "catch-all", 10_000, "ByUser", rule(everyone, list(everything()), list(everyUrl())));
  }

  private void level(String name, Tree spec) {
    bootstrap.create(GROUP, "prioritylevelconfigurations", Tree.of("metadata", metadata(name), "spec", spec));
  }

  private static Tree limited(long shares, long lendable, Tree response) {
    return Tree.of(
        "type", "Limited",
        "limited", Tree.of("nominalConcurrencyShares", shares, "limitResponse", response, "lendablePercent", lendable));
  }

  private static Tree queue(long queues, long hand) {
    return Tree.of("type", "Queue", "queuing", Tree.of("queues", queues, "handSize", hand, "queueLengthLimit", 50L));
  }

  private void schema(String name, String level, long precedence, String distinguisher, Tree... rules) {
    Tree spec = Tree.of("priorityLevelConfiguration", Tree.of("name", level), "matchingPrecedence", precedence);
    if (!distinguisher.isEmpty()) {
      spec.set("distinguisherMethod", Tree.of("type", distinguisher));
    }
    bootstrap.create(GROUP, "flowschemas", Tree.of("metadata", metadata(name), "spec", spec.set("rules", list((Object[]) rules))));
  }

  private static Tree metadata(String name) {
    return Tree.of("name", name, "annotations", Tree.of("apf.kubernetes.io/autoupdate-spec", "true"));
  }

  private static Tree rule(List<Object> subjects, List<Object> resources, List<Object> urls) {
    Tree rule = Tree.of("subjects", subjects);
    if (!resources.isEmpty()) {
      rule.set("resourceRules", resources);
    }
    if (!urls.isEmpty()) {
      rule.set("nonResourceRules", urls);
    }
    return rule;
  }

  private static Tree everything() {
    return resources(list("*"), list("*"), list("*"), true);
  }

  private static Tree everyUrl() {
    return Tree.of("verbs", list("*"), "nonResourceURLs", list("*"));
  }

  private static Tree resources(List<Object> verbs, List<Object> groups, List<Object> resources, boolean cluster) {
    Tree rule = Tree.of("verbs", verbs, "apiGroups", groups, "resources", resources);
    if (cluster) {
      rule.set("clusterScope", true);
    }
    return rule.set("namespaces", list("*"));
  }

  private static Tree group(String name) {
    return Tree.of("kind", "Group", "group", Tree.of("name", name));
  }

  private static Tree user(String name) {
    return Tree.of("kind", "User", "user", Tree.of("name", name));
  }

  private static Tree account(String namespace, String name) {
    return Tree.of("kind", "ServiceAccount", "serviceAccount", Tree.of("namespace", namespace, "name", name));
  }

  private static List<Object> list(Object... elements) {
    return new ArrayList<>(List.of(elements));
  }
}
