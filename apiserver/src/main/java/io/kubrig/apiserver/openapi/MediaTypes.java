package io.kubrig.apiserver.openapi;

import java.util.List;

/**
 * The media types that operations on a resource name.
 *
 * @param plain of an object
 * @param streaming of a list or a watch
 * @param patches of a patch
 * @param deprecatedWatches whether the {@code /watch/} paths are there
 */
record MediaTypes(List<String> plain, List<String> streaming, List<String> patches, boolean deprecatedWatches) {
  static final MediaTypes BUILT_IN =
      new MediaTypes(
          List.of("application/json", "application/yaml", "application/vnd.kubernetes.protobuf"),
          List.of(
              "application/json",
              "application/yaml",
              "application/vnd.kubernetes.protobuf",
              "application/json;stream=watch",
              "application/vnd.kubernetes.protobuf;stream=watch"),
          List.of(
              "application/json-patch+json",
              "application/merge-patch+json",
              "application/strategic-merge-patch+json",
              "application/apply-patch+yaml"),
          true);

  /** Of custom resources. */
  static final MediaTypes CUSTOM =
      new MediaTypes(
          List.of("application/json", "application/yaml"),
          List.of("application/json", "application/yaml"),
          List.of("application/json-patch+json", "application/merge-patch+json", "application/apply-patch+yaml"),
          false);
}
