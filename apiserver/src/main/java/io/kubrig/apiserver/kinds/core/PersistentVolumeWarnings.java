package io.kubrig.apiserver.kinds.core;

import io.kubrig.apiserver.kinds.pod.NodeLabels;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a client is warned of in a persistent volume. (Source: pkg/api/persistentvolume/util.go of native.) */
final class PersistentVolumeWarnings {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final Map<String, String> OLD_ANNOTATIONS = new LinkedHashMap<>();
  private static final Map<String, String> OLD_SOURCES = new LinkedHashMap<>();

  static {
    OLD_ANNOTATIONS.put("volume.beta.kubernetes.io/storage-class", "deprecated since v1.8; use \"storageClassName\" attribute instead");
    OLD_ANNOTATIONS.put("volume.beta.kubernetes.io/mount-options", "deprecated since v1.31; use \"mountOptions\" attribute instead");
    OLD_SOURCES.put("cephfs", "deprecated in v1.28, non-functional in v1.31+");
    OLD_SOURCES.put("photonPersistentDisk", "deprecated in v1.11, non-functional in v1.16+");
    OLD_SOURCES.put("scaleIO", "deprecated in v1.16, non-functional in v1.22+");
    OLD_SOURCES.put("storageos", "deprecated in v1.22, non-functional in v1.25+");
    OLD_SOURCES.put("glusterfs", "deprecated in v1.25, non-functional in v1.26+");
    OLD_SOURCES.put("rbd", "deprecated in v1.28, non-functional in v1.31+");
  }

  private PersistentVolumeWarnings() {}

  static List<String> of(Tree volume) {
    List<String> warnings = new ArrayList<>();
    Tree annotations = volume.tree("metadata").tree("annotations");
    OLD_ANNOTATIONS.forEach(
        (annotation, text) -> {
          if (annotations.has(annotation)) {
            warnings.add(FieldPath.of("metadata", "annotations").key(annotation) + ": " + text);
          }
        });
    Tree spec = volume.tree("spec");
    if (spec.string("persistentVolumeReclaimPolicy").equals("Recycle")) {
      warnings.add(
          "spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use"
              + " dynamic provisioning.");
    }
    List<Tree> terms = spec.tree("nodeAffinity").tree("required").trees("nodeSelectorTerms");
    for (int i = 0; i < terms.size(); i++) {
      warnings.addAll(NodeLabels.ofTerm(terms.get(i), false, SPEC.child("nodeAffinity", "required", "nodeSelectorTerms").index(i)));
    }
    OLD_SOURCES.forEach(
        (source, text) -> {
          if (spec.get(source) != null) {
            // native names one field as in its own type
            warnings.add(SPEC.child(source.equals("storageos") ? "storageOS" : source) + ": " + text);
          }
        });
    return warnings;
  }
}
