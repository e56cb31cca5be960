package io.kubrig.apiserver.proxy;

import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.tree.Tree;
import java.util.List;

/** Which container of a pod is meant. */
final class PodContainer {
  private PodContainer() {}

  /** @throws ApiException 400 when none is named and there are several, or there is none of the name */
  static String of(Tree pod, String asked) {
    String name = pod.tree("metadata").string("name");
    List<String> containers = names(pod, "containers");
    if (asked.isEmpty()) {
      if (containers.size() == 1) {
        return containers.getFirst();
      }
      if (containers.isEmpty()) {
        throw ApiException.badRequest("a container name must be specified for pod " + name);
      }
      throw ApiException.badRequest(choose(pod, name, containers));
    }
    boolean known =
        containers.contains(asked) || names(pod, "initContainers").contains(asked) || names(pod, "ephemeralContainers").contains(asked);
    if (!known) {
      throw ApiException.badRequest("container " + asked + " is not valid for pod " + name);
    }
    return asked;
  }

  private static String choose(Tree pod, String name, List<String> containers) {
    String text = "a container name must be specified for pod " + name + ", choose one of: " + list(containers);
    List<String> init = names(pod, "initContainers");
    if (!init.isEmpty()) {
      text += " or one of the init containers: " + list(init);
    }
    List<String> ephemeral = names(pod, "ephemeralContainers");
    if (!ephemeral.isEmpty()) {
      text += " or one of the ephemeral containers: " + list(ephemeral);
    }
    return text;
  }

  private static String list(List<String> names) {
    return "[" + String.join(" ", names) + "]";
  }

  private static List<String> names(Tree pod, String member) {
    return pod.tree("spec").trees(member).stream().map(container -> container.string("name")).toList();
  }
}
