package io.kubrig.apiserver.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kubrig.apiserver.authz.ObjectReader;
import io.kubrig.apiserver.http.Exchange;
import io.kubrig.apiserver.http.Handler;
import io.kubrig.apiserver.http.Headers;
import io.kubrig.apiserver.http.Query;
import io.kubrig.apiserver.rest.Call;
import io.kubrig.apiserver.rest.Subresource;
import io.kubrig.apiserver.rest.Target;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.tree.Tree;
import java.io.IOException;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** The subresources that are connections to somewhere else. (Source: registry/core/pod/rest and registry/core/*&#47;storage of native.) */
public final class Connections {
  private final ObjectReader objects;
  private final Supplier<Kubelets> kubelets;
  private final ServiceTargets targets;

  /** @param kubelets asked when first needed: making a client certificate ready takes time that a start need not wait for */
  public Connections(ObjectReader objects, Supplier<Kubelets> kubelets, RandomGenerator random) {
    this.objects = objects;
    this.kubelets = kubelets;
    targets = new ServiceTargets(objects, random);
  }

  /** By {@code plural/subresource}. */
  public Map<String, Subresource> commands() {
    return Map.of(
        "pods/log", this::log,
        "pods/exec", (call, target, warnings) -> stream(call, target, "exec", true),
        "pods/attach", (call, target, warnings) -> stream(call, target, "attach", true),
        "pods/portforward", (call, target, warnings) -> stream(call, target, "portForward", false),
        "pods/proxy", (call, target, warnings) -> pass(call, () -> targets.pod(target)),
        "services/proxy", (call, target, warnings) -> pass(call, () -> targets.service(target)),
        "nodes/proxy", this::node);
  }

  private Passing passing() {
    return new Passing(kubelets.get().timeout());
  }

  private Tree pod(Target target) {
    return objects
        .get("", "pods", target.namespace(), target.name())
        .orElseThrow(() -> ApiException.notFound("", "pods", target.name()));
  }

  private void log(Call call, Target target, List<String> warnings) throws IOException {
    onlyMethods(call, "GET");
    LogOptions.validate(call.query(), target.name());
    Tree pod = pod(target);
    String container = PodContainer.of(pod, call.query().value("container"));
    String node = pod.tree("spec").string("nodeName");
    if (node.isEmpty()) {
      call.exchange().respond(204, new Headers(), new byte[0]);
      return;
    }
    String path = "/containerLogs/" + target.namespace() + "/" + target.name() + "/" + container + LogOptions.kubeletQuery(call.query());
    Optional<Handler> local = kubelets.get().local(objects, node, "pods");
    if (local.isPresent()) {
      local.get().handle(new KubeletCall(call.exchange(), path, (status, fields, body) -> {
        throw refused(status, new String(body, UTF_8).strip(), target);
      }));
      return;
    }
    Backend backend = kubelets.get().of(objects, node, "pods");
    Headers headers = Headers.of("Host", backend.authority(), "Connection", "close");
    try (BackendCall answer = dialLog(backend, path, headers)) {
      if (answer.status() / 100 != 2) {
        throw refused(answer.status(), new String(answer.body().readNBytes(10 << 10), UTF_8).strip(), target);
      }
      try (Exchange.ResponseStream out = call.exchange().stream(200, Headers.of("Content-Type", "text/plain"))) {
        Passing.pour(answer.body(), call.exchange(), answer, out);
      }
    }
  }

  private BackendCall dialLog(Backend backend, String path, Headers headers) {
    try {
      return BackendCall.send(backend, kubelets.get().timeout(), "GET", path, headers, new byte[0]);
    } catch (IOException e) {
      throw new ApiException(500, "", "Get \"https://" + backend.authority() + path + "\": " + e.getMessage(), new Tree());
    }
  }

  /** A kubelet's refusal as an answer of the API (source: apimachinery, NewGenericServerResponse). */
  private static ApiException refused(int status, String text, Target target) {
    String what = "( pods/log " + target.name() + ")";
    return switch (status) {
      case 400 -> ApiException.badRequest(text);
      case 404 -> new ApiException(404, "NotFound", "the server could not find the requested resource " + what, details(target, text));
      default ->
          new ApiException(
              500, "InternalError", "an error on the server (\"" + text + "\") has prevented the request from succeeding (get pods "
                  + target.name() + ")",
              details(target, text));
    };
  }

  private static Tree details(Target target, String text) {
    Tree cause = Tree.of("reason", "UnexpectedServerResponse", "message", text);
    return Tree.of("name", target.name(), "kind", "pods", "causes", new ArrayList<Object>(List.of(cause)));
  }

  private void stream(Call call, Target target, String verb, boolean inContainer) throws IOException {
    onlyMethods(call, "GET", "POST");
    Tree pod = pod(target);
    String path = "/" + verb + "/" + target.namespace() + "/" + target.name();
    if (inContainer) {
      path += "/" + PodContainer.of(pod, call.query().value("container"));
    }
    String node = pod.tree("spec").string("nodeName");
    if (node.isEmpty()) {
      throw ApiException.badRequest("pod " + target.name() + " does not have a host assigned");
    }
    path += kubeletQuery(call.query(), inContainer);
    Optional<Handler> local = kubelets.get().local(objects, node, "pods");
    if (local.isPresent()) {
      if (!call.exchange().canUpgrade()) {
        throw ApiException.badRequest("Upgrade request required");
      }
      local.get().handle(new KubeletCall(call.exchange(), path, call.exchange()::respond));
      return;
    }
    passing().upgrade(call.exchange(), kubelets.get().of(objects, node, "pods"), path);
  }

  /** Kubelets call the streams by other names than the API does. */
  private static String kubeletQuery(Query query, boolean inContainer) {
    List<String> terms = new ArrayList<>();
    if (inContainer) {
      Map<String, String> names = Map.of("stdin", "input", "stdout", "output", "stderr", "error", "tty", "tty");
      for (String name : List.of("stdin", "stdout", "stderr", "tty")) {
        if (query.flag(name)) {
          terms.add(names.get(name) + "=1");
        }
      }
      query.all("command").forEach(part -> terms.add("command=" + URLEncoder.encode(part, UTF_8)));
    } else {
      query.all("ports").forEach(port -> terms.add("port=" + URLEncoder.encode(port, UTF_8)));
    }
    return terms.isEmpty() ? "" : "?" + String.join("&", terms);
  }

  private void node(Call call, Target target, List<String> warnings) throws IOException {
    TargetName name = TargetName.of(target.name(), "node");
    Optional<Handler> local = kubelets.get().local(objects, name.name(), "nodes");
    if (local.isPresent()) {
      local.get().handle(new KubeletCall(call.exchange(), passedOn(call), call.exchange()::respond));
      return;
    }
    Backend kubelet = kubelets.get().of(objects, name.name(), "nodes");
    ProxyableAddress.check(kubelet.host());
    boolean kubeletItself = name.port().isEmpty() || name.port().equals(Integer.toString(kubelet.port()));
    pass(call, () -> kubeletItself ? kubelet : ServiceTargets.backend(name, kubelet.host(), name.portNumber()));
  }

  /** Path and query behind {@code /proxy}. */
  private static String passedOn(Call call) {
    String raw = call.exchange().rawPath();
    String rest = raw.substring(raw.indexOf("/proxy") + "/proxy".length());
    return (rest.isEmpty() ? "/" : rest) + (call.exchange().rawQuery().isEmpty() ? "" : "?" + call.exchange().rawQuery());
  }

  /** Who a request is passed on to; found out once it is known that it can be. */
  @FunctionalInterface
  private interface Destination {
    Backend find() throws IOException;
  }

  private void pass(Call call, Destination destination) throws IOException {
    onlyMethods(call, "GET", "PUT", "POST", "PATCH", "DELETE", "HEAD", "OPTIONS");
    Backend backend = destination.find();
    String raw = call.exchange().rawPath();
    int at = raw.indexOf("/proxy");
    String rest = raw.substring(at + "/proxy".length());
    if (rest.isEmpty() && (call.exchange().method().equals("GET") || call.exchange().method().equals("HEAD"))) {
      String query = call.exchange().rawQuery().isEmpty() ? "" : "?" + call.exchange().rawQuery();
      call.exchange().respond(301, Headers.of("Location", raw + "/" + query), new byte[0]);
      return;
    }
    passing().request(call.exchange(), backend, passedOn(call));
  }

  private static void onlyMethods(Call call, String... methods) {
    if (!List.of(methods).contains(call.exchange().method())) {
      throw new ApiException(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", new Tree());
    }
  }
}
