package io.kubrig.apiserver.admission.podsecurity;

import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** A pod, or the template of one, as the checks see it; and the words that they share. */
record PodView(Tree metadata, Tree spec) {

  /** Containers of every kind, in the order in which native names them. */
  List<Tree> containers() {
    List<Tree> all = new ArrayList<>(spec.trees("initContainers"));
    all.addAll(spec.trees("containers"));
    all.addAll(spec.trees("ephemeralContainers"));
    return all;
  }

  /** The names of the containers that something is true of. */
  List<String> containersWhere(Predicate<Tree> what) {
    return containers().stream().filter(what).map(container -> container.string("name")).toList();
  }

  Tree securityContext() {
    return spec.tree("securityContext");
  }

  Map<String, String> annotations() {
    return metadata.stringMap("annotations");
  }

  boolean isWindows() {
    return spec.tree("os").string("name").equals("windows");
  }

  /** Whether root in the pod is nobody on the node. */
  boolean hasOwnUsers() {
    return !spec.bool("hostUsers", true);
  }

  static String quoted(Collection<String> items) {
    return items.isEmpty() ? "" : "\"" + String.join("\", \"", items) + "\"";
  }

  static String plural(String one, String many, int count) {
    return count == 1 ? one : many;
  }

  /** {@code container "a"} or {@code containers "a", "b"}. */
  static String named(Collection<String> containers) {
    return plural("container", "containers", containers.size()) + " " + quoted(containers);
  }

  /** {@code pod and container "a"}: who has set something. */
  static String setters(boolean pod, List<String> containers) {
    List<String> setters = new ArrayList<>();
    if (pod) {
      setters.add("pod");
    }
    if (!containers.isEmpty()) {
      setters.add(named(containers));
    }
    return String.join(" and ", setters);
  }
}
