package io.kubrig.kubelet.cluster;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The cluster's objects through its API: services and this node are watched, all others are asked for when they are needed. */
public final class ApiObjects implements ClusterObjects, AutoCloseable {
  private final KubernetesClient client;
  private final SharedIndexInformer<Service> services;
  private final SharedIndexInformer<Node> node;
  private final String nodeName;

  public ApiObjects(KubernetesClient client, String nodeName) {
    this.client = client;
    this.nodeName = nodeName;
    this.services = client.services().inAnyNamespace().runnableInformer(0).exceptionHandler((started, error) -> true);
    this.node = client.nodes().withField("metadata.name", nodeName).runnableInformer(0).exceptionHandler((started, error) -> true);
  }

  /** Begins to watch. */
  public void start() {
    services.start();
    node.start();
  }

  /** Whether services and the node have been listed once. */
  public boolean synced() {
    return services.hasSynced() && node.hasSynced();
  }

  @Override
  public Optional<ConfigMap> configMap(String namespace, String name) {
    return ask("configmap " + namespace + "/" + name, () -> client.configMaps().inNamespace(namespace).withName(name).get());
  }

  @Override
  public Optional<Secret> secret(String namespace, String name) {
    return ask("secret " + namespace + "/" + name, () -> client.secrets().inNamespace(namespace).withName(name).get());
  }

  @Override
  public TokenRequest token(String namespace, String serviceAccount, TokenRequest request) {
    return ask("token of " + namespace + "/" + serviceAccount,
        () -> client.serviceAccounts().inNamespace(namespace).withName(serviceAccount).tokenRequest(request))
        .orElseThrow(() -> new ClusterException("serviceaccounts \"" + serviceAccount + "\" not found", null));
  }

  @Override
  public List<Service> services() {
    return services.getStore().list();
  }

  @Override
  public Optional<Node> node() {
    return Optional.ofNullable(node.getStore().getByKey(nodeName));
  }

  private static <T> Optional<T> ask(String what, Supplier<T> question) {
    try {
      return Optional.ofNullable(question.get());
    } catch (KubernetesClientException e) {
      if (e.getCode() == 404) {
        return Optional.empty();
      }
      throw new ClusterException("cannot get " + what + ": " + message(e), e);
    }
  }

  /** What the API server said, or why it could not be asked. */
  static String message(KubernetesClientException e) {
    if (e.getStatus() != null && e.getStatus().getMessage() != null) {
      return e.getStatus().getMessage();
    }
    return e.getCause() == null ? e.getMessage() : e.getCause().toString();
  }

  @Override
  public void close() {
    services.close();
    node.close();
  }
}
