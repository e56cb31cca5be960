package io.kubrig.apiserver.subresource;

import io.kubrig.apiserver.admission.AdmissionChain;
import io.kubrig.apiserver.admission.AdmissionRequest;
import io.kubrig.apiserver.http.Query;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.rest.Call;
import io.kubrig.apiserver.rest.Subresource;
import io.kubrig.apiserver.rest.Target;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Has connections admitted before they are made: what is asked for is an object of the subresource's options. (Source: handlers/rest.go
 * ConnectResource.)
 */
public final class AdmittedConnections {
  private static final Map<String, String> KINDS =
      Map.of(
          "pods/exec", "PodExecOptions",
          "pods/attach", "PodAttachOptions",
          "pods/portforward", "PodPortForwardOptions",
          "pods/proxy", "PodProxyOptions",
          "services/proxy", "ServiceProxyOptions",
          "nodes/proxy", "NodeProxyOptions");

  private AdmittedConnections() {}

  /** The commands with admission before those that are connections. */
  public static Map<String, Subresource> of(Map<String, Subresource> commands, AdmissionChain admission) {
    Map<String, Subresource> admitted = new HashMap<>(commands);
    KINDS.forEach((name, kind) -> admitted.computeIfPresent(name, (key, command) -> admitted(command, kind, admission)));
    return admitted;
  }

  private static Subresource admitted(Subresource command, String kind, AdmissionChain admission) {
    return (call, target, warnings) -> {
      boolean proxy = target.subresource().equals("proxy");
      if (proxy || List.of("GET", "POST").contains(call.exchange().method())) {
        admit(call, target, kind, admission);
      }
      command.handle(call, target, warnings);
    };
  }

  private static void admit(Call call, Target target, String kind, AdmissionChain admission) {
    Operation operation =
        new Operation(
            Operation.Verb.CONNECT, target.resource(), target.version(), target.subresource(), target.namespace(), target.name(),
            call.user(),
            Operation.Options.NONE, call.received())
            .noted(call.audit());
    AdmissionRequest request = new AdmissionRequest(operation, options(call, kind), null, null);
    admission.mutate(request);
    admission.validate(request);
  }

  private static Tree options(Call call, String kind) {
    Tree options = Tree.of("kind", kind, "apiVersion", "v1");
    Query query = call.query();
    switch (kind) {
      case "PodExecOptions", "PodAttachOptions" -> {
        for (String flag : List.of("stdin", "stdout", "stderr", "tty")) {
          if (query.flag(flag)) {
            options.set(flag, true);
          }
        }
        if (!query.value("container").isEmpty()) {
          options.set("container", query.value("container"));
        }
        if (kind.equals("PodExecOptions")) {
          options.set("command", query.all("command").isEmpty() ? null : new ArrayList<Object>(query.all("command")));
        }
      }
      case "PodPortForwardOptions" -> {
        List<Object> ports = new ArrayList<>();
        query.all("ports").forEach(text -> List.of(text.split(",")).forEach(port -> ports.add(number(port))));
        if (!ports.isEmpty()) {
          options.set("ports", ports);
        }
      }
      default -> {
        String path = call.info().path();
        int at = path.indexOf("/proxy");
        String rest = at < 0 ? "" : path.substring(at + "/proxy".length());
        if (!rest.isEmpty()) {
          options.set("path", rest);
        }
      }
    }
    return options;
  }

  private static Object number(String port) {
    try {
      return Long.parseLong(port.strip());
    } catch (NumberFormatException e) {
      throw ApiException.badRequest("cannot convert to []int32: strconv.ParseInt: parsing \"" + port + "\": invalid syntax");
    }
  }
}
