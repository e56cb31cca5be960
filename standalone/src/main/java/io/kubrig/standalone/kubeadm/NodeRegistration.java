package io.kubrig.standalone.kubeadm;

import io.fabric8.kubernetes.api.model.Taint;
import io.kubrig.machinery.component.StartException;
import io.kubrig.machinery.config.ConfigFields;
import java.util.ArrayList;
import java.util.List;

/**
 * How a machine becomes a node.
 *
 * @param name the node's
 * @param criSocket of a container runtime that is there; empty for one of the node's own
 * @param taints of the node
 * @param ignorePreflightErrors names of checks whose failure is only told; {@code all} for every one
 */
public record NodeRegistration(String name, String criSocket, List<Taint> taints, List<String> ignorePreflightErrors) {
  private static final String NAME = "[a-z0-9]([-a-z0-9.]*[a-z0-9])?";
  private static final int LONGEST_NAME = 253;

  /** @throws StartException when a value cannot be used; the message names its flag */
  public NodeRegistration {
    taints = List.copyOf(taints);
    ignorePreflightErrors = List.copyOf(ignorePreflightErrors);
    if (!name.matches(NAME) || name.length() > LONGEST_NAME) {
      throw new StartException("--node-name: invalid node name \"" + name + "\": a lowercase RFC 1123 subdomain must consist of lower case "
          + "alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character");
    }
    if (!criSocket.isEmpty() && !criSocket.startsWith("unix://")) {
      throw new StartException("--cri-socket \"" + criSocket + "\" must be of the form unix:///run/containerd/containerd.sock");
    }
    if (ignorePreflightErrors.contains("all") && ignorePreflightErrors.size() > 1) {
      throw new StartException("--ignore-preflight-errors: Invalid value: \"" + String.join(",", ignorePreflightErrors)
          + "\": don't specify individual checks if 'all' is used");
    }
  }

  /** @param absent what is taken where the file says nothing */
  static NodeRegistration of(KubeadmFile file, ConfigFields fields, NodeRegistration absent) {
    List<Taint> taints = new ArrayList<>();
    for (ConfigFields taint : fields.list("taints")) {
      String value = taint.text("value", "");
      taints.add(new Taint(taint.text("effect", ""), taint.text("key", ""), null, value.isEmpty() ? null : value));
    }
    file.ignore(fields, "nodeRegistration.", "kubeletExtraArgs", "imagePullPolicy", "imagePullSerial");
    return new NodeRegistration(fields.text("name", absent.name), fields.text("criSocket", absent.criSocket),
        fields.has("taints") ? taints : absent.taints, fields.texts("ignorePreflightErrors", absent.ignorePreflightErrors));
  }

  /** As part of a file, indented by two. */
  String yaml() {
    StringBuilder out = new StringBuilder("nodeRegistration:\n  name: " + name + "\n");
    if (!criSocket.isEmpty()) {
      out.append("  criSocket: ").append(criSocket).append('\n');
    }
    out.append(taints.isEmpty() ? "  taints: []\n" : "  taints:\n");
    for (Taint taint : taints) {
      out.append("  - key: ").append(taint.getKey()).append('\n');
      if (taint.getValue() != null) {
        out.append("    value: \"").append(taint.getValue()).append("\"\n");
      }
      out.append("    effect: ").append(taint.getEffect()).append('\n');
    }
    return out.toString();
  }
}
