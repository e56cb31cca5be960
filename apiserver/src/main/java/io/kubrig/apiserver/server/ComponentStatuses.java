package io.kubrig.apiserver.server;

import io.kubrig.apiserver.rest.ComputedObjects;
import io.kubrig.apiserver.webhook.HookTrust;
import io.kubrig.machinery.tree.Tree;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * The deprecated statuses of components: the storage, and the scheduler and the controller manager where they listen by default on this
 * machine, whatever certificates they show. (Source: registry/core/componentstatus.)
 */
final class ComponentStatuses implements ComputedObjects {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Map<String, Supplier<Condition>> probes = new TreeMap<>();

  /** @param storage what is wrong with it, empty when all is well */
  ComponentStatuses(Supplier<List<String>> storage) {
    this(storage, Map.of("controller-manager", URI.create("https://127.0.0.1:10257/healthz"), "scheduler",
        URI.create("https://127.0.0.1:10259/healthz")));
  }

  /** With components that are elsewhere. */
  ComponentStatuses(Supplier<List<String>> storage, Map<String, URI> components) {
    probes.put("etcd-0", () -> stored(storage.get()));
    components.forEach((name, address) -> probes.put(name, () -> asked(address)));
  }

  /** What a condition says of health. */
  private record Condition(String status, String message, String error) {

    Tree status(String component) {
      Tree condition = Tree.of("type", "Healthy", "status", status);
      if (!message.isEmpty()) {
        condition.set("message", message);
      }
      if (!error.isEmpty()) {
        condition.set("error", error);
      }
      return Tree.of("kind", "ComponentStatus", "apiVersion", "v1", "metadata", Tree.of("name", component), "conditions",
          new ArrayList<Object>(List.of(condition)));
    }
  }

  @Override
  public List<Tree> list() {
    List<Tree> statuses = new ArrayList<>();
    probes.forEach((name, probe) -> statuses.add(probe.get().status(name)));
    return statuses;
  }

  @Override
  public Optional<Tree> get(String name) {
    return Optional.ofNullable(probes.get(name)).map(probe -> probe.get().status(name));
  }

  private static Condition stored(List<String> troubles) {
    return troubles.isEmpty() ? new Condition("True", "ok", "") : new Condition("False", "", String.join("; ", troubles));
  }

  private static Condition asked(URI address) {
    try (HttpClient client = HttpClient.newBuilder().sslContext(HookTrust.trusting(null)).connectTimeout(PATIENCE).build()) {
      HttpResponse<String> answer =
          client.send(HttpRequest.newBuilder(address).timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString());
      boolean well = answer.statusCode() >= 200 && answer.statusCode() < 400;
      return well ? new Condition("True", answer.body(), "")
          : new Condition("False", "HTTP probe failed with statuscode: " + answer.statusCode(), "");
    } catch (ConnectException e) {
      String target = address.getHost() + ":" + address.getPort();
      return new Condition("False", "Get \"" + address + "\": dial tcp " + target + ": connect: connection refused", "");
    } catch (IOException e) {
      return new Condition("False", "Get \"" + address + "\": " + e.getMessage(), "");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Condition("Unknown", "", "interrupted");
    }
  }
}
