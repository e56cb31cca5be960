package io.kubrig.apiserver.authz;

import io.kubrig.apiserver.authn.UserInfo;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What kubelets may do: read what belongs to the pods bound to them, and write what is theirs. Other requests of theirs are decided by the
 * fixed rules of system:node. What a kubelet writes is narrowed further by admission (NodeRestriction). (Source:
 * plugin/pkg/auth/authorizer/node.)
 */
public final class NodeAuthorizer implements Authorizer {
  private static final String USER_PREFIX = "system:node:";
  private static final Set<String> READS = Set.of("get", "list", "watch");
  private static final Set<String> OWN = Set.of("get", "create", "update", "patch", "delete");
  private static final Set<String> WRITES = Set.of("update", "patch");

  private final NodeGraph graph;
  private final List<PolicyRule> rules = Fixed.RULES;

  /** Read once, when the first server needs them. */
  private static final class Fixed {
    static final List<PolicyRule> RULES = BootstrapPolicy.rulesOf("system:node");
  }

  public NodeAuthorizer(ObjectReader objects) {
    graph = new NodeGraph(objects);
  }

  /** The node that a user is, "" when its name says none; empty for who is no node. */
  public static Optional<String> identity(UserInfo user) {
    boolean node = user.in("system:nodes") && user.name().startsWith(USER_PREFIX);
    return node ? Optional.of(user.name().substring(USER_PREFIX.length())) : Optional.empty();
  }

  @Override
  public Verdict authorize(Attributes asked) {
    Optional<String> node = identity(asked.user());
    if (node.isEmpty()) {
      return Verdict.noOpinion("");
    }
    if (node.get().isEmpty()) {
      return Verdict.noOpinion("unknown node for user \"" + asked.user().name() + "\"");
    }
    if (asked.resourceRequest()) {
      Verdict particular = particular(node.get(), asked);
      if (particular != null) {
        return particular;
      }
    }
    return rules.stream().anyMatch(rule -> rule.allows(asked)) ? Verdict.allow("") : Verdict.noOpinion("");
  }

  /** The answer for resources that belong to nodes or pods; null for others. */
  private Verdict particular(String node, Attributes asked) {
    return switch (asked.group() + "/" + asked.resource()) {
      case "/secrets", "/configmaps" -> read(node, asked);
      case "/persistentvolumeclaims" -> asked.subresource().equals("status") ? statusUpdate(node, asked) : get(node, asked);
      case "/persistentvolumes", "resource.k8s.io/resourceclaims", "storage.k8s.io/volumeattachments" -> get(node, asked);
      case "/serviceaccounts" -> asked.subresource().equals("token") ? createToken(node, asked) : get(node, asked);
      case "coordination.k8s.io/leases" -> lease(node, asked);
      case "storage.k8s.io/csinodes" -> csiNode(node, asked);
      case "resource.k8s.io/resourceslices" -> resourceSlice(node, asked);
      case "/nodes" -> node(node, asked);
      case "/pods" -> pod(node, asked);
      default -> null;
    };
  }

  private Verdict related(String node, Attributes asked) {
    if (asked.name().isEmpty()) {
      return Verdict.noOpinion("No Object name found");
    }
    return graph.belongs(node, asked.resource(), asked.namespace(), asked.name())
        ? Verdict.allow("")
        : Verdict.noOpinion("no relationship found between node '" + node + "' and this object");
  }

  private Verdict statusUpdate(String node, Attributes asked) {
    return WRITES.contains(asked.verb()) ? related(node, asked) : Verdict.noOpinion("can only get/update/patch this type");
  }

  private Verdict get(String node, Attributes asked) {
    if (!asked.verb().equals("get")) {
      return Verdict.noOpinion("can only get individual resources of this type");
    }
    return asked.subresource().isEmpty() ? related(node, asked) : Verdict.noOpinion("cannot get subresource");
  }

  private Verdict read(String node, Attributes asked) {
    if (!READS.contains(asked.verb())) {
      return Verdict.noOpinion("can only read resources of this type");
    }
    if (!asked.subresource().isEmpty()) {
      return Verdict.noOpinion("cannot read subresource");
    }
    return asked.namespace().isEmpty() ? Verdict.noOpinion("can only read namespaced object of this type") : related(node, asked);
  }

  private Verdict createToken(String node, Attributes asked) {
    if (!asked.verb().equals("create") || asked.name().isEmpty()) {
      return Verdict.noOpinion("can only create tokens for individual service accounts");
    }
    return related(node, asked);
  }

  private static Verdict lease(String node, Attributes asked) {
    if (!OWN.contains(asked.verb())) {
      return Verdict.noOpinion("can only get, create, update, patch, or delete a node lease");
    }
    if (!asked.namespace().equals("kube-node-lease")) {
      return Verdict.noOpinion("can only access leases in the \"kube-node-lease\" system namespace");
    }
    // the name of what is created is not known here; admission looks at it
    return asked.verb().equals("create") || asked.name().equals(node)
        ? Verdict.allow("")
        : Verdict.noOpinion("can only access node lease with the same name as the requesting node");
  }

  private static Verdict csiNode(String node, Attributes asked) {
    if (!OWN.contains(asked.verb())) {
      return Verdict.noOpinion("can only get, create, update, patch, or delete a CSINode");
    }
    if (!asked.subresource().isEmpty()) {
      return Verdict.noOpinion("cannot authorize CSINode subresources");
    }
    return asked.verb().equals("create") || asked.name().equals(node)
        ? Verdict.allow("")
        : Verdict.noOpinion("can only access CSINode with the same name as the requesting node");
  }

  private Verdict resourceSlice(String node, Attributes asked) {
    if (!asked.subresource().isEmpty()) {
      return Verdict.noOpinion("cannot authorize ResourceSlice subresources");
    }
    return switch (asked.verb()) {
      case "create" -> Verdict.allow("");
      case "get", "update", "patch", "delete" -> related(node, asked);
      case "watch", "list", "deletecollection" ->
          asked.selectedField("nodeName").equals(node)
              ? Verdict.allow("")
              : Verdict.noOpinion("can only list/watch/deletecollection resourceslices with nodeName field selector");
      default ->
          Verdict.noOpinion(
              "only the following verbs are allowed for a ResourceSlice: get, watch, list, create, update, patch, delete, "
                  + "deletecollection");
    };
  }

  private static Verdict node(String node, Attributes asked) {
    boolean write = WRITES.contains(asked.verb());
    if (asked.subresource().equals("status")) {
      return write ? Verdict.allow("") : Verdict.noOpinion("");
    }
    if (!asked.subresource().isEmpty()) {
      return Verdict.noOpinion("");
    }
    if (write || asked.verb().equals("create")) {
      return Verdict.allow("");
    }
    if (!READS.contains(asked.verb())) {
      return Verdict.noOpinion("");
    }
    if (asked.name().isEmpty()) {
      return Verdict.noOpinion("node '" + node + "' cannot read all nodes, only its own Node object");
    }
    return asked.name().equals(node)
        ? Verdict.allow("")
        : Verdict.noOpinion("node '" + node + "' cannot read '" + asked.name() + "', only its own Node object");
  }

  private Verdict pod(String node, Attributes asked) {
    return switch (asked.subresource() + ":" + asked.verb()) {
      case ":get" -> get(node, asked);
      case ":list", ":watch" -> {
        if (asked.selectedField("spec.nodeName").equals(node)) {
          yield Verdict.allow("");
        }
        yield asked.name().isEmpty() ? Verdict.noOpinion("can only list/watch pods with spec.nodeName field selector")
            : related(node, asked);
      }
      case ":create", ":delete", "status:update", "status:patch", "eviction:create" -> Verdict.allow("");
      default -> Verdict.noOpinion("");
    };
  }

  @Override
  public UserRules rulesFor(UserInfo user, String namespace) {
    boolean node = identity(user).isPresent();
    return new UserRules(List.of(), node, node ? "node authorizer does not support user rule resolution" : "");
  }
}
