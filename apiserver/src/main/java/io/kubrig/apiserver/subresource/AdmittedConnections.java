package io.kubrig.apiserver.subresource;

import io.kubrig.apiserver.admission.AdmissionChain;
import io.kubrig.apiserver.admission.AdmissionRequest;
import io.kubrig.apiserver.authz.Attributes;
import io.kubrig.apiserver.authz.Authorizer;
import io.kubrig.apiserver.authz.Verdict;
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
import java.util.Optional;
import java.util.Set;

/**
 * Has connections admitted before they are made: what is asked for is an object of the subresource's options. (Source: handlers/rest.go
 * ConnectResource.)
 */
public final class AdmittedConnections {
  private static final String CREATE = "create";

  private static final Map<String, String> KINDS =
      Map.of(
          "pods/exec", "PodExecOptions",
          "pods/attach", "PodAttachOptions",
          "pods/portforward", "PodPortForwardOptions",
          "pods/proxy", "PodProxyOptions",
          "services/proxy", "ServiceProxyOptions",
          "nodes/proxy", "NodeProxyOptions");

  /** Connections into a pod, which do more than read it whatever the method: those by WebSocket come as GET. */
  private static final Set<String> INTO_PODS = Set.of("pods/exec", "pods/attach", "pods/portforward");

  private AdmittedConnections() {}

  /**
   * The commands with admission before those that are connections.
   *
   * @param creator who decides whether a connection into a pod may be created; none where the right to the method is enough
   */
  public static Map<String, Subresource> of(
      Map<String, Subresource> commands, AdmissionChain admission, Optional<Authorizer> creator) {
    Map<String, Subresource> admitted = new HashMap<>(commands);
    KINDS.forEach(
        (name, kind) -> {
          Optional<Authorizer> asked = creator.filter(authorizer -> INTO_PODS.contains(name));
          admitted.computeIfPresent(name, (key, command) -> admitted(command, kind, admission, asked));
        });
    return admitted;
  }

  /** Asks for the right to create the connection, unless the method has had it asked already. */
  private static void authorize(Call call, Authorizer authorizer) {
    Attributes asked = Attributes.of(call.user(), call.info());
    if (asked.verb().equals(CREATE)) {
      return;
    }
    Verdict verdict = authorizer.authorize(asked.withVerb(CREATE));
    if (!verdict.error().isEmpty()) {
      throw ApiException.internal(verdict.error());
    }
    if (!verdict.allows()) {
      throw ApiException.forbidden(asked.group(), asked.resource(), asked.name(), verdict.reason());
    }
  }

  private static Subresource admitted(Subresource command, String kind, AdmissionChain admission, Optional<Authorizer> creator) {
    return (call, target, warnings) -> {
      boolean proxy = target.subresource().equals("proxy");
      if (proxy || List.of("GET", "POST").contains(call.exchange().method())) {
        admit(call, target, kind, admission);
      }
      creator.ifPresent(authorizer -> authorize(call, authorizer));
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
