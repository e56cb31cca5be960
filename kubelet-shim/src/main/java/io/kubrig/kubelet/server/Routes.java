package io.kubrig.kubelet.server;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodListBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.kubrig.kubelet.container.PodPaths;
import io.kubrig.kubelet.cri.ContainerRuntime;
import io.kubrig.kubelet.cri.CriException;
import io.kubrig.kubelet.cri.v1.AttachRequest;
import io.kubrig.kubelet.cri.v1.ExecRequest;
import io.kubrig.kubelet.logs.LogOptions;
import io.kubrig.kubelet.logs.LogReader;
import io.kubrig.kubelet.pod.Containers;
import io.kubrig.kubelet.pod.PodManager;
import io.kubrig.kubelet.pod.RuntimePod;
import io.kubrig.kubelet.pod.RuntimePod.Instance;
import io.kubrig.machinery.clock.Clock;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What the kubelet's port answers. Source: the API server's node proxy, and the paths that monitoring uses. */
public final class Routes {
  private static final String TEXT = "text/plain; charset=utf-8";

  private final PodManager pods;
  private final ContainerRuntime runtime;
  private final PodPaths paths;
  private final Clock clock;
  private final Map<String, Page> pages = new HashMap<>();

  /** A page that is made anew for each request. */
  private record Page(String contentType, Supplier<String> text) {}

  public Routes(PodManager pods, ContainerRuntime runtime, PodPaths paths, Clock clock) {
    this.pods = pods;
    this.runtime = runtime;
    this.paths = paths;
    this.clock = clock;
    page("/pods", "application/json", this::podList);
    page("/healthz/ping", TEXT, () -> "ok");
    page("/healthz/log", TEXT, () -> "ok");
  }

  /** Adds a page, before the start. */
  public Routes page(String path, String contentType, Supplier<String> text) {
    pages.put(path, new Page(contentType, text));
    return this;
  }

  /** Which subresources of the node a path belongs to; permission for one of them is enough. */
  static List<String> subresources(String path) {
    if (under(path, "/stats")) {
      return List.of("stats");
    }
    if (under(path, "/metrics")) {
      return List.of("metrics");
    }
    if (under(path, "/logs")) {
      return List.of("log");
    }
    if (under(path, "/checkpoint")) {
      return List.of("checkpoint");
    }
    if (under(path, "/pods") || under(path, "/runningpods")) {
      return List.of("pods", "proxy");
    }
    if (under(path, "/healthz")) {
      return List.of("healthz", "proxy");
    }
    return under(path, "/configz") ? List.of("configz", "proxy") : List.of("proxy");
  }

  private static boolean under(String path, String prefix) {
    return path.equals(prefix) || path.startsWith(prefix + "/");
  }

  void serve(Exchange exchange) throws IOException, InterruptedException {
    String path = exchange.path().length() > 1 ? exchange.path().replaceAll("/+$", "") : exchange.path();
    List<String> parts = List.of(path.substring(1).split("/"));
    try {
      switch (parts.getFirst()) {
        case "containerLogs" -> containerLogs(exchange, parts);
        case "exec" -> exec(exchange, parts);
        case "attach" -> attach(exchange, parts);
        case "portForward" -> portForward(exchange, parts);
        case "healthz" -> health(exchange, path);
        default -> page(exchange, path);
      }
    } catch (CriException e) {
      exchange.answer(500, e.rpcMessage());
    }
  }

  private void health(Exchange exchange, String path) throws IOException {
    if (!path.equals("/healthz")) {
      page(exchange, path);
    } else if (pods.healthy()) {
      exchange.answer(200, "ok");
    } else {
      exchange.answer(500, "[+]ping ok\n[+]log ok\n[-]syncloop failed: reason withheld\nhealthz check failed\n");
    }
  }

  private void page(Exchange exchange, String path) throws IOException {
    Page page = pages.get(path);
    if (page == null) {
      exchange.answer(404, "404 page not found\n");
    } else {
      exchange.answer(200, page.contentType(), page.text().get().getBytes(StandardCharsets.UTF_8));
    }
  }

  private String podList() {
    return Serialization.asJson(new PodListBuilder().withItems(List.copyOf(pods.pods())).build());
  }

  private void containerLogs(Exchange exchange, List<String> parts) throws IOException, InterruptedException {
    if (parts.size() != 4) {
      exchange.answer(404, "404 page not found\n");
      return;
    }
    Optional<Pod> pod = pods.pod(parts.get(1), parts.get(2));
    String name = parts.get(3);
    if (pod.isEmpty()) {
      exchange.answer(404, "pod \"" + parts.get(2) + "\" does not exist\n");
      return;
    }
    if (Containers.find(pod.get(), name).isEmpty()) {
      exchange.answer(404, "container \"" + name + "\" not found in pod \"" + parts.get(2) + "\"\n");
      return;
    }
    Map<String, String> query = new HashMap<>();
    exchange.query().forEach((key, values) -> query.put(key, values.getFirst()));
    try {
      LogOptions options = LogOptions.parse(query, clock.now());
      Instance run = loggedRun(pod.get(), name, options.previous());
      sendLog(exchange, pod.get(), run, options);
    } catch (IllegalArgumentException e) {
      exchange.answer(400, e.getMessage());
    }
  }

  private void sendLog(Exchange exchange, Pod pod, Instance run, LogOptions options) throws IOException, InterruptedException {
    Path log = paths.log(pod, run.name(), run.restartCount());
    if (!Files.exists(log)) {
      exchange.answer(500, "failed to try resolving symlinks in path \"" + log + "\": lstat " + log + ": no such file or directory");
      return;
    }
    try (OutputStream out = exchange.stream("text/plain")) {
      new LogReader(log, options, clock)
          .copyTo(out, () -> runtime.container(run.id())
          .map(now -> now.getState() == io.kubrig.kubelet.cri.v1.ContainerState.CONTAINER_RUNNING).orElse(false));
    }
  }

  /** The run whose log is meant. Throws with the native sentence when there is none. */
  private Instance loggedRun(Pod pod, String name, boolean previous) {
    RuntimePod observed = pods.observed(pod.getMetadata().getUid())
        .orElseThrow(() -> new IllegalArgumentException("pod \"" + pod.getMetadata().getName() + "\" not found"));
    String where = "container \"" + name + "\" in pod \"" + pod.getMetadata().getName() + "\" ";
    List<Instance> runs = observed.containers().stream().filter(run -> run.name().equals(name)).toList();
    Optional<ContainerStatus> status =
        Stream.of(pod.getStatus().getContainerStatuses(), pod.getStatus().getInitContainerStatuses(),
            pod.getStatus().getEphemeralContainerStatuses())
            .flatMap(List::stream)
            .filter(candidate -> candidate.getName().equals(name))
            .findFirst();
    ContainerState state = status.map(ContainerStatus::getState).orElse(null);
    boolean waits = state != null && state.getWaiting() != null;
    if (previous) {
      // the newest run of a container that waits to be started again is what came before
      int index = waits ? 0 : 1;
      return runs.stream().skip(index).findFirst()
          .orElseThrow(() -> new IllegalArgumentException("previous terminated " + where + "not found"));
    }
    return runs.stream().findFirst()
        .orElseThrow(() -> new IllegalArgumentException(where + "is waiting to start: "
        + (waits ? waitingFor(state.getWaiting().getReason()) : "no logs available")));
  }

  private static String waitingFor(String reason) {
    return reason.equals("ErrImagePull") || reason.equals("ImagePullBackOff") ? "trying and failing to pull image" : reason;
  }

  private void exec(Exchange exchange, List<String> parts) throws IOException {
    Optional<Instance> run = streamed(exchange, parts);
    if (run.isEmpty()) {
      return;
    }
    Map<String, List<String>> query = exchange.query();
    boolean tty = on(query, "tty");
    ExecRequest.Builder request =
        ExecRequest.newBuilder()
            .setContainerId(run.get().id())
            .addAllCmd(query.getOrDefault("command", List.of()))
            .setStdin(on(query, "input") || on(query, "stdin"))
            .setStdout(on(query, "output") || on(query, "stdout"))
            .setStderr(!tty && (on(query, "error") || on(query, "stderr")))
            .setTty(tty);
    StreamProxy.connect(exchange, URI.create(runtime.execAddress(request.build())));
  }

  private void attach(Exchange exchange, List<String> parts) throws IOException {
    Optional<Instance> run = streamed(exchange, parts);
    if (run.isEmpty()) {
      return;
    }
    Map<String, List<String>> query = exchange.query();
    boolean tty = on(query, "tty");
    AttachRequest.Builder request =
        AttachRequest.newBuilder()
            .setContainerId(run.get().id())
            .setStdin(on(query, "input") || on(query, "stdin"))
            .setStdout(on(query, "output") || on(query, "stdout"))
            .setStderr(!tty && (on(query, "error") || on(query, "stderr")))
            .setTty(tty);
    StreamProxy.connect(exchange, URI.create(runtime.attachAddress(request.build())));
  }

  private static boolean on(Map<String, List<String>> query, String name) {
    String value = query.getOrDefault(name, List.of("")).getFirst();
    return value.equals("1") || value.equals("true");
  }

  /** The running container that {@code /exec/NAMESPACE/POD[/UID]/CONTAINER} names; empty when the request has been answered. */
  private Optional<Instance> streamed(Exchange exchange, List<String> parts) throws IOException {
    if (parts.size() < 4 || parts.size() > 5) {
      exchange.answer(404, "404 page not found\n");
      return Optional.empty();
    }
    if (!StreamProxy.wantsUpgrade(exchange)) {
      exchange.answer(400, "Upgrade request required\n");
      return Optional.empty();
    }
    Optional<Pod> pod = pods.pod(parts.get(1), parts.get(2));
    if (pod.isEmpty()) {
      exchange.answer(404, "pod does not exist\n");
      return Optional.empty();
    }
    String name = parts.getLast();
    Optional<Instance> run = pods.observed(pod.get().getMetadata().getUid()).flatMap(observed -> observed.latest(name));
    if (run.isEmpty()) {
      exchange.answer(404, "container not found (\"" + name + "\")\n");
    }
    return run;
  }

  private void portForward(Exchange exchange, List<String> parts) throws IOException {
    if (parts.size() < 3 || !StreamProxy.wantsUpgrade(exchange)) {
      exchange.answer(400, "Upgrade request required\n");
      return;
    }
    Optional<Pod> pod = pods.pod(parts.get(1), parts.get(2));
    Optional<String> sandbox = pod.flatMap(p -> pods.observed(p.getMetadata().getUid())).flatMap(RuntimePod::newestSandbox)
        .map(RuntimePod.Sandbox::id);
    if (sandbox.isEmpty()) {
      exchange.answer(404, "pod does not exist\n");
      return;
    }
    List<Integer> ports = new ArrayList<>();
    exchange.query().getOrDefault("port", List.of())
        .forEach(value -> List.of(value.split(",")).forEach(port -> ports.add(Integer.valueOf(port))));
    StreamProxy.connect(exchange, URI.create(runtime.portForwardAddress(sandbox.get(), ports)));
  }
}
