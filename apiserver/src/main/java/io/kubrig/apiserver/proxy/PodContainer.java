package io.kubrig.apiserver.proxy;

import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.tree.Tree;
import java.util.List;
import java.util.stream.Stream;

/** Which container of a pod is meant. */
final class PodContainer {
  private PodContainer() {}

  /** @throws ApiException 400 when none is named and there are several, or there is none of the name */
  static String of(Tree pod, String asked) {
    String name = pod.tree("metadata").string("name");
    List<String> containers = names(pod, "containers");
    List<String> all = Stream.of("initContainers", "containers", "ephemeralContainers").flatMap(list -> names(pod, list).stream()).toList();
    if (asked.isEmpty()) {
      if (containers.size() == 1) {
        return containers.getFirst();
      }
      if (containers.isEmpty()) {
        throw ApiException.badRequest("a container name must be specified for pod " + name);
      }
      throw ApiException.badRequest(
          "a container name must be specified for pod " + name + ", choose one of: [" + String.join(" ", all) + "]");
    }
    if (!all.contains(asked)) {
      throw ApiException.badRequest("container " + asked + " is not valid for pod " + name);
    }
    return asked;
  }

  private static List<String> names(Tree pod, String member) {
    return pod.tree("spec").trees(member).stream().map(container -> container.string("name")).toList();
  }
}
