package io.kubrig.apiserver.kinds.pod;

import io.kubrig.machinery.tree.Tree;

/** What a volume of a pod is when its author does not say. (Source: API reference "Volume".) */
final class VolumeDefaults {
  private static final long DEFAULT_MODE = 0644;
  private static final long TOKEN_SECONDS = 3600;

  private VolumeDefaults() {}

  static void apply(Tree volume) {
    if (volume.size() == (volume.has("name") ? 1 : 0)) {
      volume.set("emptyDir", new Tree());
    }
    for (String source : new String[] {"secret", "configMap", "downwardAPI", "projected"}) {
      if (volume.get(source) instanceof Tree tree) {
        tree.fill("defaultMode", DEFAULT_MODE);
      }
    }
    fieldReferences(volume.tree("downwardAPI"));
    for (Tree source : volume.tree("projected").trees("sources")) {
      fieldReferences(source.tree("downwardAPI"));
      if (source.get("serviceAccountToken") instanceof Tree token) {
        token.fill("expirationSeconds", TOKEN_SECONDS);
      }
    }
    if (volume.get("hostPath") instanceof Tree hostPath) {
      hostPath.fill("type", "");
    }
    if (volume.get("image") instanceof Tree image && image.string("pullPolicy").isEmpty()) {
      image.set("pullPolicy", ImageReference.pullPolicy(image.string("reference")));
    }
    if (volume.tree("ephemeral").get("volumeClaimTemplate") instanceof Tree claim && claim.get("spec") instanceof Tree spec) {
      claimSpec(spec);
    }
  }

  /** The spec of a claim, wherever it stands. */
  static void claimSpec(Tree spec) {
    spec.fill("volumeMode", "Filesystem");
    ResourceAmounts.roundUp(spec.tree("resources"));
  }

  private static void fieldReferences(Tree downwardApi) {
    for (Tree item : downwardApi.trees("items")) {
      fieldReference(item.tree("fieldRef"));
    }
  }

  static void fieldReference(Tree reference) {
    if (!reference.isEmpty() && reference.string("apiVersion").isEmpty()) {
      reference.set("apiVersion", "v1");
    }
  }
}
