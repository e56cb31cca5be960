package io.kubrig.apiserver.kinds.pod;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Warnings for volumes that no longer work, and for files in one volume that get into each other's way. */
final class VolumeWarnings {
  private static final Map<String, String> DEPRECATED =
      Map.of(
          "photonPersistentDisk", "deprecated in v1.11, non-functional in v1.16+",
          "gitRepo", "deprecated in v1.11, and disabled by default in v1.33+",
          "scaleIO", "deprecated in v1.16, non-functional in v1.22+",
          "flocker", "deprecated in v1.22, non-functional in v1.25+",
          "quobyte", "deprecated in v1.22, non-functional in v1.25+",
          "glusterfs", "deprecated in v1.25, non-functional in v1.26+",
          "cephfs", "deprecated in v1.28, non-functional in v1.31+",
          "rbd", "deprecated in v1.28, non-functional in v1.31+");
  private static final String STORAGE_OS = "deprecated in v1.22, non-functional in v1.25+";

  private final List<String> warnings;

  private VolumeWarnings(List<String> warnings) {
    this.warnings = warnings;
  }

  static void collect(List<Tree> volumes, FieldPath path, List<String> warnings) {
    VolumeWarnings collector = new VolumeWarnings(warnings);
    for (int i = 0; i < volumes.size(); i++) {
      for (String source : volumes.get(i).names()) {
        if (DEPRECATED.containsKey(source)) {
          warnings.add(path.index(i).child(source) + ": " + DEPRECATED.get(source));
        } else if (source.equals("storageos")) {
          // native names the field of its own type here
          warnings.add(path.index(i).child("storageOS") + ": " + STORAGE_OS);
        }
      }
    }
    for (int i = 0; i < volumes.size(); i++) {
      FieldPath claim = path.index(i).child("ephemeral", "volumeClaimTemplate", "spec");
      warnings.addAll(ClaimRules.warnings(volumes.get(i).at("ephemeral", "volumeClaimTemplate", "spec"), claim));
    }
    volumes.forEach(collector::overlaps);
  }

  /** A file and where it comes from, "" when that goes without saying. */
  private record File(String path, String source) {
    @Override
    public String toString() {
      return FieldErrors.shown(path) + (source.isEmpty() ? "" : " (" + source + ")");
    }

    boolean overlaps(File other) {
      return path.equals(other.path) || path.startsWith(other.path + "/") || other.path.startsWith(path + "/");
    }
  }

  private void overlaps(Tree volume) {
    String name = FieldErrors.shown(volume.string("name"));
    items(name, "ConfigMap " + FieldErrors.shown(volume.tree("configMap").string("name")), volume.tree("configMap"));
    items(name, "Secret " + FieldErrors.shown(volume.tree("secret").string("secretName")), volume.tree("secret"));
    items(name, "DownwardAPI", volume.tree("downwardAPI"));
    if (!(volume.get("projected") instanceof Tree projected)) {
      return;
    }
    List<File> files = new ArrayList<>();
    for (Tree source : projected.trees("sources")) {
      if (source.isEmpty()) {
        warnings.add("volume " + name + " (Projected) has no sources provided");
        continue;
      }
      for (File file : files(source)) {
        add(name, "Projected", files, file);
      }
    }
  }

  private void items(String volume, String source, Tree holder) {
    List<File> files = new ArrayList<>();
    for (Tree item : holder.trees("items")) {
      add(volume, source, files, new File(trimmed(item.string("path")), ""));
    }
  }

  private void add(String volume, String kind, List<File> files, File file) {
    for (File other : files) {
      if (file.overlaps(other)) {
        warnings.add("volume " + volume + " (" + kind + "): overlapping paths: " + file + " with " + other);
      }
    }
    files.add(file);
  }

  private static List<File> files(Tree source) {
    List<File> files = new ArrayList<>();
    for (Map.Entry<String, String> type : List.of(Map.entry("configMap", "ConfigMap"), Map.entry("secret", "Secret"))) {
      Tree projection = source.tree(type.getKey());
      String from = type.getValue() + " " + FieldErrors.shown(projection.string("name"));
      projection.trees("items").forEach(item -> files.add(new File(trimmed(item.string("path")), from)));
    }
    source.tree("downwardAPI").trees("items").forEach(item -> files.add(new File(trimmed(item.string("path")), "DownwardAPI")));
    if (source.get("serviceAccountToken") instanceof Tree token) {
      files.add(new File(trimmed(token.string("path")), "ServiceAccountToken"));
    }
    return files;
  }

  private static String trimmed(String path) {
    return path.endsWith("/") ? path.replaceAll("/+$", "") : path;
  }
}
