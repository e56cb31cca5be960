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
      FieldPath at = path.child(type);
      if (given++ > 0) {
        errors.forbidden(at, "may not specify more than 1 volume type");
        continue;
      }
      switch (type) {
        case "secret", "configMap" -> keys(projection, at);
        case "downwardAPI" -> downwardFiles(projection, at);
        case "serviceAccountToken" -> token(projection, at);
        default -> {}
      }
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
    if (Checks.required(token, "path", path, errors)) {
      Checks.nonReservedPath(token.string("path"), path.child("path"), errors);
    }
  }

  private void claim(String path, String shown) {
    if (!path.isEmpty() && !paths.add(path)) {
      errors.invalid(volume, shown, "conflicting duplicate paths");
    }
  }
}
