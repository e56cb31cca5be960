package io.kubrig.apiserver.kinds.resource;

import io.kubrig.apiserver.authn.UserInfo;
import io.kubrig.apiserver.authz.Attributes;
import io.kubrig.apiserver.authz.Verdict;
import io.kubrig.apiserver.kinds.Cluster;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.machinery.tree.Tree;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Who may write which part of a claim's status. The right to {@code resourceclaims/status} alone is not enough: allocation and reservations
 * are the scheduler's ({@code resourceclaims/binding}), the statuses of devices are those of their drivers ({@code resourceclaims/driver},
 * on all nodes or on the node that the driver's token is bound to). (Source: KEP-4817, DRAResourceClaimGranularStatusAuthorization.)
 */
final class ClaimAuthorization {
  static final String FEATURE = "DRAResourceClaimGranularStatusAuthorization";
  private static final FieldPath STATUS = FieldPath.of("status");
  private static final String GROUP = "resource.k8s.io";
  private static final String CLAIMS = "resourceclaims";
  private static final String SERVICE_ACCOUNT = "system:serviceaccount:";
  private static final String NODE_OF_TOKEN = "authentication.kubernetes.io/node-name";

  private final Cluster cluster;
  private final Operation operation;
  private final FieldErrors errors;

  ClaimAuthorization(Cluster cluster, Operation operation, FieldErrors errors) {
    this.cluster = cluster;
    this.operation = operation;
    this.errors = errors;
  }

  /** Complains of what the writer may not change. */
  void check(Tree status, Tree old) {
    boolean binds =
        !status.tree("allocation").equals(old.tree("allocation"))
            || status.has("allocation") != old.has("allocation")
            || !status.trees("reservedFor").equals(old.trees("reservedFor"));
    if (binds) {
      refusal(operation.requestVerb(), "binding", "", "")
          .ifPresent(
              why -> errors.forbidden(
                  STATUS.child("allocation"),
                  "changing status.allocation or status.reservedFor requires resource=\"resourceclaims/binding\", verb=\""
                      + operation.requestVerb() + "\" permission: " + why));
    }
    if (status.has("allocation")) { // without it the statuses of devices are dropped
      devices(status, old);
    }
  }

  private void devices(Tree status, Tree old) {
    String anywhere = "arbitrary-node:" + operation.requestVerb();
    String here = "associated-node:" + operation.requestVerb();
    List<String> verbs = isOn(nodeOf(status.tree("allocation"))) ? List.of(here, anywhere) : List.of(anywhere);
    for (String driver : changed(status.trees("devices"), old.trees("devices"))) {
      List<Optional<String>> refusals = verbs.stream().map(verb -> refusal(verb, "driver", operation.namespace(), driver)).toList();
      if (refusals.stream().allMatch(Optional::isPresent)) {
        errors.forbidden(
            STATUS.child("devices"),
            "changing status.devices requires resource=\"resourceclaims/driver\", verb=\"[" + String.join(" ", verbs) + "]\" permission: "
                + refusals.getFirst().get());
      }
    }
  }

  /** The drivers of devices whose statuses come, go or change. */
  private static TreeSet<String> changed(List<Tree> devices, List<Tree> old) {
    Map<List<String>, Tree> before = new HashMap<>();
    old.forEach(device -> before.put(identity(device), device));
    TreeSet<String> drivers = new TreeSet<>();
    for (Tree device : devices) {
      if (!device.equals(before.remove(identity(device)))) {
        drivers.add(device.string("driver"));
      }
    }
    before.values().forEach(device -> drivers.add(device.string("driver")));
    return drivers;
  }

  private static List<String> identity(Tree device) {
    return List.of(device.string("driver"), device.string("pool"), device.string("device"), device.string("shareID"));
  }

  /** The one node that an allocation is for, or "". */
  private static String nodeOf(Tree allocation) {
    List<Tree> terms = allocation.tree("nodeSelector").trees("nodeSelectorTerms");
    if (terms.size() != 1 || !terms.getFirst().trees("matchExpressions").isEmpty() || terms.getFirst().trees("matchFields").size() != 1) {
      return "";
    }
    Tree field = terms.getFirst().trees("matchFields").getFirst();
    boolean one =
        field.string("key").equals("metadata.name") && field.string("operator").equals("In") && field.strings("values").size() == 1;
    return one ? field.strings("values").getFirst() : "";
  }

  private boolean isOn(String node) {
    UserInfo user = operation.user();
    return !node.isEmpty()
        && user.name().startsWith(SERVICE_ACCOUNT)
        && user.extra().getOrDefault(NODE_OF_TOKEN, List.of()).equals(List.of(node))
        && Names.dnsSubdomain(node).isEmpty();
  }

  /** Why the writer may not, if he may not. */
  private Optional<String> refusal(String verb, String subresource, String namespace, String name) {
    Attributes question =
        Attributes.resource(operation.user(), verb, GROUP, operation.version(), namespace, CLAIMS, subresource, name);
    Verdict verdict = cluster.authorize(question);
    if (verdict.allows()) {
      return Optional.empty();
    }
    boolean both = !verdict.error().isEmpty() && !verdict.reason().isEmpty();
    String why = both ? verdict.error() + ": " + verdict.reason() : verdict.error() + verdict.reason();
    return Optional.of(question.forbidden(why).getMessage());
  }
}
