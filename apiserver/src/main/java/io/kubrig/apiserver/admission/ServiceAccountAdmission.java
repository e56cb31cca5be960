package io.kubrig.apiserver.admission;

import io.kubrig.apiserver.kinds.Cluster;
import io.kubrig.apiserver.registry.Operation.Verb;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Gives every pod a service account that exists, its image pull secrets, and a volume with its token. (Source:
 * plugin/pkg/admission/serviceaccount.)
 */
public final class ServiceAccountAdmission implements AdmissionPlugin {
  private static final String MOUNT_PATH = "/var/run/secrets/kubernetes.io/serviceaccount";
  private static final String VOLUME_PREFIX = "kube-api-access-";
  private static final String ALPHANUMS = "bcdfghjklmnpqrstvwxz2456789";
  private static final long TOKEN_SECONDS = 3607;
  private static final String ENFORCE_SECRETS = "kubernetes.io/enforce-mountable-secrets";

  private final Cluster cluster;

  public ServiceAccountAdmission(Cluster cluster) {
    this.cluster = cluster;
  }

  @Override
  public String name() {
    return "ServiceAccount";
  }

  @Override
  public boolean handles(Verb verb) {
    return verb == Verb.CREATE || verb == Verb.UPDATE;
  }

  @Override
  public void mutate(AdmissionRequest request) {
    if (!Pods.isCreation(request)) {
      return;
    }
    Tree pod = request.object();
    if (Pods.isMirror(pod)) {
      checkMirror(request, pod);
      return;
    }
    Tree spec = pod.need("spec");
    if (spec.string("serviceAccountName").isEmpty()) {
      spec.set("serviceAccountName", "default");
    }
    Tree account = account(request, spec.string("serviceAccountName"));
    if (mountsToken(account, spec)) {
      mountToken(spec);
    }
    if (spec.list("imagePullSecrets").isEmpty() && !account.list("imagePullSecrets").isEmpty()) {
      spec.set("imagePullSecrets", Tree.copyOf(account.list("imagePullSecrets")));
    }
  }

  @Override
  public void validate(AdmissionRequest request) {
    if (request.is("", "pods") && request.updates() && request.isThrough("ephemeralcontainers")) {
      checkEphemeralContainers(request);
    }
    if (!Pods.isCreation(request) || Pods.isMirror(request.object())) {
      return;
    }
    Tree account = account(request, request.object().tree("spec").string("serviceAccountName"));
    if (account.at("metadata", "annotations").string(ENFORCE_SECRETS).equals("true")) {
      checkSecrets(request, account);
    }
  }

  private void checkEphemeralContainers(AdmissionRequest request) {
    Tree spec = request.object().tree("spec");
    String name = spec.string("serviceAccountName");
    if (name.isEmpty()) {
      throw Pods.forbidden(
          request, "no service account specified for pod " + request.operation().namespace() + "/" + request.operation().name());
    }
    Tree account = account(request, name);
    if (account.at("metadata", "annotations").string(ENFORCE_SECRETS).equals("true")) {
      List<String> allowed = account.trees("secrets").stream().map(secret -> secret.string("name")).toList();
      spec.trees("ephemeralContainers")
          .forEach(container -> checkSecrets(request, "ephemeral container", container, allowed, "service account " + name));
    }
  }

  private static void checkMirror(AdmissionRequest request, Tree pod) {
    Tree spec = pod.tree("spec");
    if (!spec.string("serviceAccountName").isEmpty()) {
      throw Pods.forbidden(request, "a mirror pod may not reference service accounts");
    }
    for (Tree volume : spec.trees("volumes")) {
      if (volume.has("secret")) {
        throw Pods.forbidden(request, "a mirror pod may not reference secrets");
      }
      for (Tree source : volume.tree("projected").trees("sources")) {
        if (source.has("serviceAccountToken")) {
          throw Pods.forbidden(request, "a mirror pod may not use ServiceAccountToken volume projections");
        }
      }
    }
  }

  private Tree account(AdmissionRequest request, String name) {
    String namespace = request.operation().namespace();
    List<String> wrong = Names.pathSegment(name, false);
    if (!wrong.isEmpty()) {
      throw Pods.forbidden(
          request,
          "error looking up service account " + namespace + "/" + name + ": invalid resource name " + FieldErrors.quoted(name) + ": "
              + "" + wrong);
    }
    Optional<Tree> account = cluster.get("", "serviceaccounts", namespace, name);
    return account.orElseThrow(
        () ->
            Pods.forbidden(
                request, "error looking up service account " + namespace + "/" + name + ": serviceaccount \"" + name + "\" not found"));
  }

  private static boolean mountsToken(Tree account, Tree spec) {
    return spec.bool("automountServiceAccountToken", account.bool("automountServiceAccountToken", true));
  }

  private void mountToken(Tree spec) {
    String volume = existingVolume(spec).orElseGet(this::newVolumeName);
    boolean mounted = false;
    for (Tree container : Pods.containers(spec)) {
      boolean own = container.trees("volumeMounts").stream().anyMatch(mount -> mount.string("mountPath").equals(MOUNT_PATH));
      if (!own) {
        container.needList("volumeMounts").add(Tree.of("name", volume, "readOnly", true, "mountPath", MOUNT_PATH));
        mounted = true;
      }
    }
    if (mounted && existingVolume(spec).isEmpty()) {
      spec.needList("volumes").add(tokenVolume(volume));
    }
  }

  /** A volume that an earlier pass of admission has added. */
  private static Optional<String> existingVolume(Tree spec) {
    return spec.trees("volumes").stream().map(volume -> volume.string("name")).filter(name -> name.startsWith(VOLUME_PREFIX)).findFirst();
  }

  private String newVolumeName() {
    StringBuilder name = new StringBuilder(VOLUME_PREFIX);
    for (int i = 0; i < 5; i++) {
      name.append(ALPHANUMS.charAt(cluster.random().nextInt(ALPHANUMS.length())));
    }
    return name.toString();
  }

  private static Tree tokenVolume(String name) {
    Tree token = Tree.of("serviceAccountToken", Tree.of("expirationSeconds", TOKEN_SECONDS, "path", "token"));
    Tree authority =
        Tree.of("configMap", Tree.of("name", "kube-root-ca.crt", "items", list(Tree.of("key", "ca.crt", "path", "ca.crt"))));
    Tree field = Tree.of("apiVersion", "v1", "fieldPath", "metadata.namespace");
    Tree namespace = Tree.of("downwardAPI", Tree.of("items", list(Tree.of("path", "namespace", "fieldRef", field))));
    return Tree.of("name", name, "projected", Tree.of("sources", list(token, authority, namespace), "defaultMode", 420L));
  }

  private static List<Object> list(Tree... trees) {
    return new ArrayList<>(List.of(trees));
  }

  private static void checkSecrets(AdmissionRequest request, Tree account) {
    List<String> allowed = account.trees("secrets").stream().map(secret -> secret.string("name")).toList();
    String who = "service account " + account.tree("metadata").string("name");
    Tree spec = request.object().tree("spec");
    for (Tree volume : spec.trees("volumes")) {
      String secret = volume.tree("secret").string("secretName");
      if (volume.has("secret") && !allowed.contains(secret)) {
        throw Pods.forbidden(
            request, "volume with secret.secretName=\"" + secret + "\" is not allowed because " + who + " does not reference that secret");
      }
    }
    spec.trees("initContainers").forEach(container -> checkSecrets(request, "init container", container, allowed, who));
    spec.trees("containers").forEach(container -> checkSecrets(request, "container", container, allowed, who));
    List<String> pulling = account.trees("imagePullSecrets").stream().map(secret -> secret.string("name")).toList();
    List<Tree> wanted = spec.trees("imagePullSecrets");
    for (int i = 0; i < wanted.size(); i++) {
      String secret = wanted.get(i).string("name");
      if (!pulling.contains(secret)) {
        throw Pods.forbidden(
            request, "imagePullSecrets[" + i + "].name=\"" + secret + "\" is not allowed because " + who
                + " does not reference that imagePullSecret");
      }
    }
  }

  private static void checkSecrets(AdmissionRequest request, String what, Tree container, List<String> allowed, String who) {
    String which = what + " " + container.string("name") + " with ";
    for (Tree variable : container.trees("env")) {
      Tree reference = variable.at("valueFrom", "secretKeyRef");
      if (!reference.isEmpty()) {
        checkSecret(request, which + "envVar " + variable.string("name"), reference.string("name"), allowed, who);
      }
    }
    for (Tree source : container.trees("envFrom")) {
      if (source.get("secretRef") instanceof Tree reference) {
        checkSecret(request, which + "envFrom", reference.string("name"), allowed, who);
      }
    }
  }

  private static void checkSecret(AdmissionRequest request, String what, String secret, List<String> allowed, String who) {
    if (!allowed.contains(secret)) {
      throw Pods.forbidden(
          request, what + " referencing secret.secretName=\"" + secret + "\" is not allowed because " + who
              + " does not reference that secret");
    }
  }
}
