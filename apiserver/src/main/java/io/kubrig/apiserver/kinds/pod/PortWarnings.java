package io.kubrig.apiserver.kinds.pod;

import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Warnings for ports of a pod that are told more than once. */
final class PortWarnings {
  private PortWarnings() {}

  /** A port and where it stands. */
  private record Port(FieldPath path, String hostIp, long hostPort) {}

  static void collect(Tree spec, FieldPath specPath, List<String> warnings) {
    Map<String, List<Port>> all = new HashMap<>();
    for (String list : List.of("initContainers", "containers", "ephemeralContainers")) {
      List<Tree> containers = spec.trees(list);
      for (int i = 0; i < containers.size(); i++) {
        List<Tree> ports = containers.get(i).trees("ports");
        for (int j = 0; j < ports.size(); j++) {
          port(ports.get(j), specPath.child(list).index(i).child("ports").index(j), all, warnings);
        }
      }
    }
  }

  private static void port(Tree tree, FieldPath path, Map<String, List<Port>> all, List<String> warnings) {
    Port port = new Port(path, tree.string("hostIP"), tree.integer("hostPort"));
    if (!port.hostIp().isEmpty() && port.hostPort() == 0) {
      warnings.add(
          path + ": hostIP set without hostPort: {Name:" + tree.string("name") + " HostPort:0 ContainerPort:"
              + tree.integer("containerPort")
              + " Protocol:" + tree.string("protocol") + " HostIP:" + port.hostIp() + "}");
    }
    List<Port> others = all.computeIfAbsent(tree.integer("containerPort") + "/" + tree.string("protocol"), key -> new ArrayList<>());
    for (Port other : others) {
      boolean samePort = port.hostPort() == other.hostPort();
      if (samePort && port.hostIp().equals(other.hostIp())) {
        warnings.add(path + ": duplicate port definition with " + other.path());
      } else if (port.hostPort() == 0 || other.hostPort() == 0) {
        warnings.add(path + ": overlapping port definition with " + other.path());
      } else if (samePort && port.hostIp().isEmpty() != other.hostIp().isEmpty()) {
        warnings.add(path + ": dangerously ambiguous port definition with " + other.path());
      }
    }
    others.add(port);
  }
}
