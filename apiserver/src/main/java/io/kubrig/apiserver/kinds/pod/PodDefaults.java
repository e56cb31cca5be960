package io.kubrig.apiserver.kinds.pod;

import io.kubrig.machinery.quantity.Quantity;
import io.kubrig.machinery.tree.Tree;
import java.util.List;
import java.util.Map;

/**
 * What a pod spec is where its author does not say, beyond what the schema itself states. Templates get less than pods: what follows from
 * other fields of a template is filled in only when a pod is made of it.
 */
public final class PodDefaults {
  static final List<String> CONTAINER_LISTS = List.of("containers", "initContainers", "ephemeralContainers");
  private static final long GRACE_SECONDS = 30;

  private PodDefaults() {}

  /** The spec of a pod itself. */
  static void pod(Tree spec) {
    resources(spec);
    spec.fill("enableServiceLinks", true);
    if (spec.bool("hostNetwork")) {
      spec.trees("containers").forEach(PodDefaults::hostPorts);
      spec.trees("initContainers").forEach(PodDefaults::hostPorts);
    }
    template(spec);
  }

  /** The spec of a template. */
  public static void template(Tree spec) {
    fillText(spec, "restartPolicy", "Always");
    spec.fill("terminationGracePeriodSeconds", GRACE_SECONDS);
    fillText(spec, "dnsPolicy", "ClusterFirst");
    spec.fill("securityContext", new Tree());
    fillText(spec, "schedulerName", "default-scheduler");
    mirrorServiceAccount(spec);
    spec.trees("volumes").forEach(VolumeDefaults::apply);
    for (String list : CONTAINER_LISTS) {
      spec.trees(list).forEach(PodDefaults::container);
    }
    ResourceAmounts.roundUp(spec.tree("resources"));
    ResourceAmounts.roundUpList(spec.tree("overhead"));
  }

  /** {@code spec.template.spec}, where there is one. */
  public static void ofTemplateIn(Tree owner) {
    if (owner.get("template") instanceof Tree template) {
      template(template.need("spec"));
    }
  }

  /** The claim that a set makes for each of its pods. */
  public static void claimTemplate(Tree claim) {
    VolumeDefaults.claimSpec(claim.need("spec"));
  }

  static void fillText(Tree tree, String name, String text) {
    if (tree.string(name).isEmpty()) {
      tree.set(name, text);
    }
  }

  /** The account is told under two names, also when admission has chosen it. */
  static void mirrorServiceAccount(Tree spec) {
    String name = spec.string("serviceAccountName");
    String account = name.isEmpty() ? spec.string("serviceAccount") : name;
    if (!account.isEmpty()) {
      spec.set("serviceAccountName", account).set("serviceAccount", account);
    } else {
      spec.remove("serviceAccount");
    }
  }

  // ---- containers ----------------------------------------------------------------------------------------------------

  static void container(Tree container) {
    fillText(container, "terminationMessagePath", "/dev/termination-log");
    fillText(container, "terminationMessagePolicy", "File");
    if (container.string("imagePullPolicy").isEmpty()) {
      container.set("imagePullPolicy", ImageReference.pullPolicy(container.string("image")));
    }
    for (Tree variable : container.trees("env")) {
      VolumeDefaults.fieldReference(variable.at("valueFrom", "fieldRef"));
    }
    for (String probe : List.of("livenessProbe", "readinessProbe", "startupProbe")) {
      if (container.get(probe) instanceof Tree tree) {
        probe(tree);
      }
    }
    for (String hook : List.of("postStart", "preStop")) {
      httpGet(container.tree("lifecycle").tree(hook));
    }
    ResourceAmounts.roundUp(container.tree("resources"));
  }

  private static void probe(Tree probe) {
    httpGet(probe);
    fillNumber(probe, "timeoutSeconds", 1);
    fillNumber(probe, "periodSeconds", 10);
    fillNumber(probe, "successThreshold", 1);
    fillNumber(probe, "failureThreshold", 3);
  }

  private static void fillNumber(Tree tree, String name, long number) {
    if (tree.integer(name) == 0) {
      tree.set(name, number);
    }
  }

  private static void httpGet(Tree handler) {
    if (handler.get("httpGet") instanceof Tree get) {
      fillText(get, "path", "/");
      fillText(get, "scheme", "HTTP");
    }
  }

  private static void hostPorts(Tree container) {
    for (Tree port : container.trees("ports")) {
      if (port.integer("hostPort") == 0) {
        port.set("hostPort", port.integer("containerPort"));
      }
    }
  }

  // ---- resources -----------------------------------------------------------------------------------------------------

  /** What follows from resources that are stated, also from those that admission has set. */
  static void resources(Tree spec) {
    for (String list : List.of("containers", "initContainers")) {
      spec.trees(list).forEach(PodDefaults::requestsFromLimits);
    }
    if (spec.get("resources") instanceof Tree resources) {
      podLevelResources(spec, resources);
    }
  }

  private static void requestsFromLimits(Tree container) {
    Tree limits = container.at("resources", "limits");
    if (limits.isEmpty()) {
      return;
    }
    Tree requests = container.need("resources").need("requests");
    limits.forEach(requests::fill);
  }

  /** Limits for huge pages come from the containers; requests from the containers' sum, then from the limits. */
  private static void podLevelResources(Tree spec, Tree resources) {
    Map<String, Quantity> ofContainers = PodResources.ofContainers(spec, "requests");
    PodResources.ofContainers(spec, "limits").forEach(
        (name, amount) -> {
          if (name.startsWith("hugepages-") && !resources.isEmpty()) {
            resources.need("limits").fill(name, amount.toString());
          }
        });
    Tree limits = resources.tree("limits");
    if (limits.isEmpty()) {
      return;
    }
    Tree requests = resources.tree("requests").copy();
    ofContainers.forEach(
        (name, amount) -> {
          if (PodResources.isPodLevel(name) && !name.startsWith("hugepages-")) {
            requests.fill(name, amount.toString());
          }
        });
    limits.forEach(
        (name, amount) -> {
          if (PodResources.isPodLevel(name)) {
            requests.fill(name, amount);
          }
        });
    if (!requests.isEmpty()) {
      resources.set("requests", requests);
    }
  }
}
