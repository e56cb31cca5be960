package io.kubrig.apiserver.kinds.pod;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.machinery.quantity.Quantity;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a client is warned of in a pod or template that is accepted nevertheless. (Source: pkg/api/pod/warnings.go of native.) */
public final class PodWarnings {
  private static final List<Map.Entry<String, String>> OLD_ANNOTATIONS =
      List.of(
          Map.entry("scheduler.alpha.kubernetes.io/critical-pod", "non-functional in v1.16+; use the \"priorityClassName\" field instead"),
          Map.entry("security.alpha.kubernetes.io/sysctls", "non-functional in v1.11+; use the \"sysctls\" field instead"),
          Map.entry("security.alpha.kubernetes.io/unsafe-sysctls", "non-functional in v1.11+; use the \"sysctls\" field instead"));
  private static final String NULL_SELECTOR = "a null labelSelector results in matching no pod";
  private static final String REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution";
  private static final String PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution";

  private final List<String> warnings = new ArrayList<>();
  private final Tree spec;
  private final Tree annotations;
  private final FieldPath path;
  private final boolean template;

  private PodWarnings(Tree holder, FieldPath path, boolean template) {
    spec = holder.tree("spec");
    annotations = holder.tree("metadata").tree("annotations");
    this.path = path;
    this.template = template;
  }

  static List<String> ofPod(Tree pod) {
    List<String> all = new ArrayList<>();
    dnsLabel(pod, "the Pod's hostname").ifPresent(all::add);
    all.addAll(new PodWarnings(pod, FieldPath.root(), false).all());
    return all;
  }

  public static List<String> ofTemplate(Tree template, FieldPath path) {
    return new PodWarnings(template, path, true).all();
  }

  /** Of an object with a template under its spec: what is new, or has changed. */
  public static List<String> ofOwner(Tree object, Tree old, boolean namesPods) {
    List<String> all = new ArrayList<>();
    if (old == null && namesPods) {
      dnsLabel(object, "Pod names and hostnames").ifPresent(all::add);
    }
    boolean changed = old == null || object.tree("metadata").integer("generation") != old.tree("metadata").integer("generation");
    if (changed) {
      all.addAll(ofTemplate(object.tree("spec").tree("template"), FieldPath.of("spec", "template")));
    }
    return all;
  }

  /** A name that will not do as a host's. */
  public static Optional<String> dnsLabel(Tree object, String use) {
    List<String> wrong = Names.dnsLabel(object.tree("metadata").string("name"));
    return wrong.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "metadata.name: this is used in " + use + ", which can result in surprising behavior; a DNS label is recommended: ["
                + String.join(" ", wrong) + "]");
  }

  private List<String> all() {
    FieldPath specPath = path.child("spec");
    nodeLabels(specPath);
    spreading(specPath.child("topologySpreadConstraints"));
    for (Map.Entry<String, String> old : OLD_ANNOTATIONS) {
      if (annotations.has(old.getKey())) {
        warn(path.child("metadata", "annotations").key(old.getKey()), old.getValue());
      }
    }
    VolumeWarnings.collect(spec.trees("volumes"), specPath.child("volumes"), warnings);
    duplicates("hostAliases", "ip", specPath);
    duplicates("imagePullSecrets", "name", specPath);
    List<Tree> secrets = spec.trees("imagePullSecrets");
    for (int i = 0; i < secrets.size(); i++) {
      if (secrets.get(i).string("name").isEmpty()) {
        warn(specPath.child("imagePullSecrets").index(i).child("name"), "invalid empty name \"\"");
      }
    }
    fractions(spec.tree("overhead"), specPath.child("overhead"));
    containers(specPath);
    PortWarnings.collect(spec, specPath, warnings);
    if (spec.integer("terminationGracePeriodSeconds") < 0) {
      warn(specPath.child("terminationGracePeriodSeconds"), "must be >= 0; negative values are invalid and will be treated as 1");
    }
    affinities(specPath.child("affinity"));
    return warnings;
  }

  private void warn(FieldPath at, String text) {
    warnings.add(at + ": " + text);
  }

  // ---- nodes ---------------------------------------------------------------------------------------------------------

  private void nodeLabels(FieldPath specPath) {
    for (String label : spec.tree("nodeSelector").names()) {
      NodeLabels.warning(label).ifPresent(text -> warn(specPath.child("nodeSelector").key(label), text));
    }
    Tree affinity = spec.at("affinity", "nodeAffinity");
    FieldPath at = specPath.child("affinity", "nodeAffinity");
    List<Tree> terms = affinity.tree(REQUIRED).trees("nodeSelectorTerms");
    for (int i = 0; i < terms.size(); i++) {
      warnings.addAll(NodeLabels.ofTerm(terms.get(i), false, at.child(REQUIRED, "nodeSelectorTerms").index(i)));
    }
    List<Tree> preferred = affinity.trees(PREFERRED);
    for (int i = 0; i < preferred.size(); i++) {
      warnings.addAll(NodeLabels.ofTerm(preferred.get(i).tree("preference"), true, at.child(PREFERRED).index(i).child("preference")));
    }
  }

  private void spreading(FieldPath at) {
    List<Tree> constraints = spec.trees("topologySpreadConstraints");
    for (int i = 0; i < constraints.size(); i++) {
      String key = constraints.get(i).string("topologyKey");
      FieldPath keyPath = at.index(i).child("topologyKey");
      NodeLabels.warning(key).ifPresent(text -> warn(keyPath, key + " is " + text));
      if (constraints.get(i).get("labelSelector") == null) {
        warn(at.index(i).child("labelSelector"), NULL_SELECTOR);
      }
    }
  }

  private void affinities(FieldPath at) {
    for (String kind : List.of("podAffinity", "podAntiAffinity")) {
      Tree affinity = spec.at("affinity", kind);
      List<Tree> required = affinity.trees(REQUIRED);
      for (int i = 0; i < required.size(); i++) {
        if (required.get(i).get("labelSelector") == null) {
          warn(at.child(kind, REQUIRED).index(i).child("labelSelector"), NULL_SELECTOR);
        }
      }
      List<Tree> preferred = affinity.trees(PREFERRED);
      for (int i = 0; i < preferred.size(); i++) {
        if (preferred.get(i).tree("podAffinityTerm").get("labelSelector") == null) {
          warn(at.child(kind, PREFERRED).index(i).child("podAffinityTerm", "labelSelector"), NULL_SELECTOR);
        }
      }
    }
  }

  // ---- containers ----------------------------------------------------------------------------------------------------

  private void duplicates(String list, String member, FieldPath specPath) {
    Set<String> seen = new HashSet<>();
    List<Tree> elements = spec.trees(list);
    for (int i = 0; i < elements.size(); i++) {
      String value = elements.get(i).string(member);
      if (!seen.add(value)) {
        warn(specPath.child(list).index(i).child(member), "duplicate " + member + " " + FieldErrors.shown(value));
      }
    }
  }

  private void containers(FieldPath specPath) {
    if (spec.tree("securityContext").get("seccompProfile") == null && annotations.has("seccomp.security.alpha.kubernetes.io/pod")) {
      seccomp("seccomp.security.alpha.kubernetes.io/pod");
    }
    for (String list : List.of("initContainers", "containers", "ephemeralContainers")) {
      List<Tree> containers = spec.trees(list);
      for (int i = 0; i < containers.size(); i++) {
        container(containers.get(i), specPath.child(list).index(i));
      }
    }
  }

  private void seccomp(String key) {
    warn(path.child("metadata", "annotations").key(key), "non-functional in v1.27+; use the \"seccompProfile\" field instead");
  }

  private void container(Tree container, FieldPath at) {
    Tree context = container.tree("securityContext");
    String seccompKey = "container.seccomp.security.alpha.kubernetes.io/" + container.string("name");
    if (context.get("seccompProfile") == null && annotations.has(seccompKey)) {
      seccomp(seccompKey);
    }
    String appArmorKey = AppArmorAnnotations.PREFIX + container.string("name");
    boolean profiled = context.get("appArmorProfile") != null || spec.tree("securityContext").get("appArmorProfile") != null;
    if (template && !profiled && annotations.has(appArmorKey)) {
      warn(path.child("metadata", "annotations").key(appArmorKey), "deprecated since v1.30; use the \"appArmorProfile\" field instead");
    }
    fractions(container.at("resources", "limits"), at.child("resources", "limits"));
    fractions(container.at("resources", "requests"), at.child("resources", "requests"));
    hiddenVariables(container.trees("env"), at.child("env"));
  }

  /** There are no parts of bytes. */
  private void fractions(Tree amounts, FieldPath at) {
    for (String resource : List.of("memory", "ephemeral-storage")) {
      Optional<Quantity> amount = ResourceAmounts.amount(amounts.get(resource));
      if (amount.filter(value -> value.amount().stripTrailingZeros().scale() > 0).isPresent()) {
        warn(at.key(resource), "fractional byte value \"" + amount.get() + "\" is invalid, must be an integer");
      }
    }
  }

  private void hiddenVariables(List<Tree> variables, FieldPath at) {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < variables.size(); i++) {
      Tree variable = variables.get(i);
      String name = variable.string("name");
      String reference = "$(" + name + ")";
      String value = variable.string("value");
      boolean extendsPrevious = variable.get("valueFrom") == null && !value.equals(reference) && value.contains(reference);
      if (!seen.add(name) && !extendsPrevious) {
        warn(at.index(i), "hides previous definition of " + FieldErrors.shown(name) + ", which may be dropped when using apply");
      }
    }
  }
}
