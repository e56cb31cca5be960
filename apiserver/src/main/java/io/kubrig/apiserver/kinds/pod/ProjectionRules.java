package io.kubrig.apiserver.kinds.pod;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.machinery.tree.Tree;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What a projected volume must look like: several sources whose files do not get into each other's way. */
final class ProjectionRules {
  private static final long MIN_TOKEN_SECONDS = 600;
  private static final long MAX_TOKEN_SECONDS = 1L << 32;

  private final Set<String> paths = new HashSet<>();
  private final FieldPath volume;
  private final FieldErrors errors;

  private ProjectionRules(FieldPath volume, FieldErrors errors) {
    this.volume = volume;
    this.errors = errors;
  }

  static void check(Tree projected, FieldPath path, FieldErrors errors) {
    VolumeRules.mode(projected, "defaultMode", path, errors);
    ProjectionRules rules = new ProjectionRules(path, errors);
    List<Tree> sources = projected.trees("sources");
    for (int i = 0; i < sources.size(); i++) {
      rules.source(sources.get(i), path.child("sources").index(i));
    }
  }

  private void source(Tree source, FieldPath path) {
    int given = 0;
    for (String type : List.of("secret", "configMap", "downwardAPI", "serviceAccountToken", "clusterTrustBundle", "podCertificate")) {
      if (!(source.get(type) instanceof Tree projection)) {
        continue;
      }
      given++;
      FieldPath at = path.child(type);
      switch (type) {
        case "secret", "configMap" -> keys(projection, at);
        case "downwardAPI" -> downwardFiles(projection, at);
        case "serviceAccountToken" -> token(projection, at);
        case "clusterTrustBundle" -> trustBundle(projection, at);
        default -> { }
      }
    }
    if (given > 1) {
      errors.forbidden(path, "may not specify more than 1 volume type per source");
    }
  }

  private void trustBundle(Tree bundle, FieldPath path) {
    boolean named = bundle.get("name") != null;
    boolean signed = bundle.get("signerName") != null;
    if (named && signed) {
      errors.invalid(path, bundle, "only one of name and signerName may be used");
    } else if (!named && !signed) {
      errors.required(path, "either name or signerName must be specified");
    } else if (named) {
      if (bundle.string("name").isEmpty()) {
        errors.required(path.child("name"), "must be a valid object name");
      }
      if (bundle.get("labelSelector") != null) {
        errors.invalid(path.child("labelSelector"), bundle.get("labelSelector"), "labelSelector must be unset if name is specified");
      }
    } else if (bundle.string("signerName").isEmpty()) {
      errors.required(path.child("signerName"), "must be a valid signer name");
    }
    Checks.required(bundle, "path", path, errors);
    Checks.nonReservedPath(bundle.string("path"), path.child("path"), errors);
    if (!paths.add(bundle.string("path"))) {
      errors.invalid(volume, bundle.string("path"), "conflicting duplicate paths");
    }
  }

  private void keys(Tree projection, FieldPath path) {
    Checks.required(projection, "name", path, errors);
    List<Tree> items = projection.trees("items");
    for (int i = 0; i < items.size(); i++) {
      VolumeRules.keyToPath(items.get(i), path.child("items").index(i), errors);
      claim(items.get(i).string("path"), projection.string("name"));
    }
  }

  private void downwardFiles(Tree projection, FieldPath path) {
    for (Tree item : projection.trees("items")) {
      VolumeRules.downwardFile(item, path, errors);
      claim(item.string("path"), item.string("path"));
    }
  }

  private void token(Tree token, FieldPath path) {
    long seconds = token.integer("expirationSeconds");
    if (seconds < MIN_TOKEN_SECONDS) {
      errors.invalid(path.child("expirationSeconds"), seconds, "may not specify a duration less than 10 minutes");
    }
    if (seconds > MAX_TOKEN_SECONDS) {
      errors.invalid(path.child("expirationSeconds"), seconds, "may not specify a duration larger than 2^32 seconds");
    }
    // native reports the path under the volume
    if (Checks.required(token, "path", volume, errors)) {
      Checks.nonReservedPath(token.string("path"), volume.child("path"), errors);
    }
  }

  private void claim(String path, String shown) {
    if (!path.isEmpty() && !paths.add(path)) {
      errors.invalid(volume, shown, "conflicting duplicate paths");
    }
  }
}
