package io.kubrig.apiserver.admission.podsecurity;

import io.kubrig.apiserver.admission.AdmissionPlugin;
import io.kubrig.apiserver.admission.AdmissionRequest;
import io.kubrig.apiserver.kinds.Cluster;
import io.kubrig.apiserver.registry.Operation.Verb;
import io.kubrig.apiserver.registry.Resource;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.machinery.tree.Tree;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Holds pods to the standard that their namespace's labels name, warns about those and about templates that will not meet it, and refuses
 * labels that name none. (Source: pod-security-admission.)
 */
public final class PodSecurity implements AdmissionPlugin {
  private static final Set<String> CONTROLLERS =
      Set.of(
          "replicationcontrollers",
          "podtemplates",
          "replicasets.apps",
          "deployments.apps",
          "statefulsets.apps",
          "daemonsets.apps",
          "jobs.batch",
          "cronjobs.batch");

  private static final Set<String> IGNORED_SUBRESOURCES =
      Set.of("exec", "attach", "binding", "eviction", "log", "portforward", "proxy", "status");

  /**
   * Who is not held to anything, and to what namespaces without labels are.
   *
   * @param defaults of namespaces without labels
   */
  public record Configuration(Policy defaults, Set<String> users, Set<String> namespaces, Set<String> runtimeClasses) {
    public static final Configuration DEFAULT = new Configuration(Policy.NONE, Set.of(), Set.of(), Set.of());

    /**
     * Of a pod-security.admission.config.k8s.io PodSecurityConfiguration.
     *
     * @throws IllegalArgumentException for a level or version that there is not
     */
    public static Configuration of(Tree configuration) {
      FieldErrors errors = new FieldErrors();
      Map<String, String> labels = new HashMap<>();
      configuration.stringMap("defaults").forEach((mode, value) -> labels.put("pod-security.kubernetes.io/" + mode, value));
      // whoever configures all modes wants no warnings that he did not ask for
      if (!labels.isEmpty()) {
        labels.putIfAbsent("pod-security.kubernetes.io/warn", "privileged");
      }
      Policy defaults = Policy.of(labels, Policy.NONE, errors);
      if (!errors.isEmpty()) {
        throw new IllegalArgumentException("PodSecurityConfiguration: " + errors.message());
      }
      Tree exempt = configuration.tree("exemptions");
      return new Configuration(
          defaults, Set.copyOf(exempt.strings("usernames")), Set.copyOf(exempt.strings("namespaces")),
              Set.copyOf(exempt.strings("runtimeClasses")));
    }
  }

  private final Cluster cluster;
  private final Configuration configuration;
  private final ExistingPods existing;

  public PodSecurity(Cluster cluster, Configuration configuration) {
    this.cluster = cluster;
    this.configuration = configuration;
    existing = new ExistingPods(cluster, configuration.runtimeClasses());
  }

  @Override
  public String name() {
    return "PodSecurity";
  }

  @Override
  public boolean handles(Verb verb) {
    return verb == Verb.CREATE || verb == Verb.UPDATE;
  }

  @Override
  public void validate(AdmissionRequest request) {
    if (!request.creates() && !request.updates()) {
      return;
    }
    String resource = request.operation().resource().qualifiedName();
    if (resource.equals("namespaces")) {
      if (request.isMain()) {
        namespace(request);
      }
    } else if (resource.equals("pods")) {
      if (!IGNORED_SUBRESOURCES.contains(request.operation().subresource())) {
        pod(request);
      }
    } else if (CONTROLLERS.contains(resource) && request.isMain()) {
      controller(request);
    }
  }

  // ---- namespaces ----------------------------------------------------------------------------------------------------

  private void namespace(AdmissionRequest request) {
    FieldErrors errors = new FieldErrors();
    Policy policy = policy(request.object(), errors);
    FieldErrors oldErrors = new FieldErrors();
    Policy oldPolicy = request.updates() ? policy(request.old(), oldErrors) : configuration.defaults();
    if (!errors.isEmpty() && !errors.causes().equals(oldErrors.causes())) {
      Resource resource = request.operation().resource();
      throw ApiException.invalid(resource.group(), resource.kind(), request.object().tree("metadata").string("name"), errors);
    }
    if (request.updates() && tightens(oldPolicy.enforce(), policy.enforce()) && !isExempt(request)) {
      String name = request.object().tree("metadata").string("name");
      existing.warnings(name, policy.enforce()).forEach(request.operation()::warn);
    }
  }

  private Policy policy(Tree namespace, FieldErrors errors) {
    return Policy.of(namespace.tree("metadata").stringMap("labels"), configuration.defaults(), errors);
  }

  private static boolean tightens(Policy.Standard old, Policy.Standard enforced) {
    if (enforced.equals(old) || enforced.isPrivileged()) {
      return false;
    }
    return enforced.minor() != old.minor() || enforced.level().compareTo(old.level()) > 0;
  }

  // ---- pods and templates --------------------------------------------------------------------------------------------

  private void pod(AdmissionRequest request) {
    if (isExempt(request)) {
      return;
    }
    String namespace = request.operation().namespace();
    Tree found =
        cluster
            .get("", "namespaces", "", namespace)
            .orElseThrow(() -> ApiException.internal("failed to lookup namespace \"" + namespace + "\""));
    Policy policy = policy(found, new FieldErrors());
    if (policy.isFullyPrivileged() || request.updates() && !PodChanges.areSignificant(request.object(), request.old())) {
      return;
    }
    PodView pod = new PodView(request.object().tree("metadata"), request.object().tree("spec"));
    if (isExempt(pod)) {
      return;
    }
    List<Violation> violations = Standards.violations(policy.enforce(), pod);
    if (!violations.isEmpty()) {
      throw request.forbidden("violates PodSecurity \"" + policy.enforce() + "\": " + Violation.details(violations));
    }
    warn(request, policy.warn(), pod);
  }

  private void controller(AdmissionRequest request) {
    Optional<Tree> namespace = cluster.get("", "namespaces", "", request.operation().namespace());
    if (isExempt(request) || namespace.isEmpty()) {
      return;
    }
    Policy policy = policy(namespace.get(), new FieldErrors());
    Tree template = template(request);
    PodView pod = new PodView(template.tree("metadata"), template.tree("spec"));
    if (!template.isEmpty() && !isExempt(pod)) {
      warn(request, policy.warn(), pod);
    }
  }

  private static Tree template(AdmissionRequest request) {
    Tree object = request.object();
    return switch (request.operation().resource().plural()) {
      case "podtemplates" -> object.tree("template");
      case "cronjobs" -> object.at("spec", "jobTemplate", "spec", "template");
      default -> object.at("spec", "template");
    };
  }

  private static void warn(AdmissionRequest request, Policy.Standard standard, PodView pod) {
    List<Violation> violations = Standards.violations(standard, pod);
    if (!violations.isEmpty()) {
      request.operation().warn("would violate PodSecurity \"" + standard + "\": " + Violation.details(violations));
    }
  }

  private boolean isExempt(AdmissionRequest request) {
    String namespace = request.is("", "namespaces") ? request.operation().name() : request.operation().namespace();
    return configuration.namespaces().contains(namespace) || configuration.users().contains(request.operation().user().name());
  }

  private boolean isExempt(PodView pod) {
    return configuration.runtimeClasses().contains(pod.spec().string("runtimeClassName"));
  }
}
