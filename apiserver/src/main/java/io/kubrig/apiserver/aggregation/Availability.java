package io.kubrig.apiserver.aggregation;

import io.kubrig.apiserver.authz.ObjectReader;
import io.kubrig.apiserver.proxy.Backend;
import io.kubrig.machinery.tree.Tree;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** Says whether an aggregated server can be used: its service is there, has endpoints, and one of them answers. */
final class Availability {
  private static final int ATTEMPTS = 5;
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final ObjectReader objects;
  private final RemoteClient client;

  Availability(ObjectReader objects, RemoteClient client) {
    this.objects = objects;
    this.client = client;
  }

  /**
   * What the condition {@code Available} is to say.
   *
   * @param retry whether it is to be asked again soon
   */
  record Finding(boolean available, String reason, String message, boolean retry) {
    static final Finding LOCAL = new Finding(true, "Local", "Local APIServices are always available", false);
    private static final Finding PASSED = new Finding(true, "Passed", "all checks passed", false);

    private static Finding not(String reason, String message) {
      return new Finding(false, reason, message, false);
    }
  }

  Finding of(RemoteService remote) throws InterruptedException {
    String subject = "service/" + remote.service() + " in \"" + remote.namespace() + "\"";
    Optional<Tree> service = objects.get("", "services", remote.namespace(), remote.service());
    if (service.isEmpty()) {
      return Finding.not("ServiceNotFound", subject + " is not present");
    }
    if (service.get().tree("spec").string("type", "ClusterIP").equals("ClusterIP")) {
      Optional<Finding> trouble = endpoints(remote, service.get(), subject);
      if (trouble.isPresent()) {
        return trouble.get();
      }
    }
    return answers(remote).map(message -> new Finding(false, "FailedDiscoveryCheck", message, true)).orElse(Finding.PASSED);
  }

  private Optional<Finding> endpoints(RemoteService remote, Tree service, String subject) {
    Optional<Tree> port = service.tree("spec").trees("ports").stream().filter(one -> one.integer("port") == remote.port()).findFirst();
    if (port.isEmpty()) {
      return Optional.of(Finding.not("ServicePortError", subject + " is not listening on port " + remote.port()));
    }
    List<Tree> slices =
        objects.list("discovery.k8s.io", "endpointslices", remote.namespace()).stream()
            .filter(slice -> slice.at("metadata", "labels").string("kubernetes.io/service-name").equals(remote.service()))
            .toList();
    if (slices.isEmpty()) {
      return Optional.of(Finding.not("EndpointsNotFound", "cannot find endpointslices for " + subject));
    }
    String name = port.get().string("name");
    String missing = "endpointslices for " + subject + " have no addresses with port name \"" + name + "\"";
    return slices.stream().anyMatch(slice -> isReady(slice, name))
        ? Optional.empty()
        : Optional.of(Finding.not("MissingEndpoints", missing));
  }

  private static boolean isReady(Tree slice, String portName) {
    boolean ready = slice.trees("endpoints").stream().anyMatch(endpoint -> endpoint.tree("conditions").bool("ready", true));
    return ready && slice.trees("ports").stream().anyMatch(port -> port.string("name").equals(portName) && port.get("port") != null);
  }

  /** Asks a few times at once, for there may be many endpoints. Empty when one answers, else the last complaint. */
  private Optional<String> answers(RemoteService remote) throws InterruptedException {
    BlockingQueue<Optional<String>> results = new LinkedBlockingQueue<>();
    for (int i = 0; i < ATTEMPTS; i++) {
      Thread.ofVirtual().name("apiservice " + remote.name()).start(() -> results.add(attempt(remote)));
    }
    Optional<String> last = Optional.empty();
    for (int i = 0; i < ATTEMPTS; i++) {
      last = results.take();
      if (last.isEmpty()) {
        return last;
      }
    }
    return last;
  }

  private Optional<String> attempt(RemoteService remote) {
    try {
      Backend backend = client.probed(remote);
      String url = "https://" + RemoteClient.shown(backend) + remote.path();
      try {
        int status = client.probe(backend, remote.path(), TIMEOUT).status();
        return status >= 200 && status < 300
            ? Optional.empty()
            : Optional.of("failing or missing response from " + url + ": bad status from " + url + ": " + status);
      } catch (IOException e) {
        return Optional.of("failing or missing response from " + url + ": " + e.getMessage());
      }
    } catch (IOException e) {
      return Optional.of(e.getMessage());
    } catch (RuntimeException e) {
      return Optional.of("the check itself failed: " + e); // a waiting caller must get its answer
    }
  }
}
