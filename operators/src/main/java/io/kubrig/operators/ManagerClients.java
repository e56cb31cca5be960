package io.kubrig.operators;

import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.component.ClientSettings;
import io.kubrig.machinery.component.ClientSource;
import io.kubrig.machinery.component.Environment;
import io.kubrig.machinery.informers.Informers;
import io.kubrig.machinery.informers.StreamedInformers;
import io.kubrig.operators.engine.Objects;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The manager's connections: one for what all share, one per controller. With {@code --use-service-account-credentials} a controller
 * speaks as its own service account in kube-system, by tokens that are renewed in time.
 */
final class ManagerClients implements AutoCloseable {
  private static final String NAMESPACE = "kube-system";
  private static final Duration TOKEN_LIFE = Duration.ofHours(1);

  private final ControllerManagerOptions options;
  private final Environment environment;
  private final ClientSource source;
  private final Interceptor gate;
  private final List<KubernetesClient> open = new ArrayList<>(); // guarded by this

  /** @param gate what the controllers' writes go through */
  ManagerClients(ControllerManagerOptions options, Environment environment, Interceptor gate) {
    this.options = options;
    this.environment = environment;
    this.source = environment.clients().sharing();
    this.gate = gate;
  }

  /** A client for a purpose of the manager itself. */
  KubernetesClient open(String purpose) {
    return closing(source.open(settings(purpose)));
  }

  /** The client of the shared caches. */
  KubernetesClient ofCaches() {
    return closing(source.open(settings("shared-informers").caching()));
  }

  /** What fills the shared caches through their client. */
  Informers informers(KubernetesClient ofCaches) {
    return new StreamedInformers(ofCaches, environment.clock(), environment.random(), source.watchLists());
  }

  private ClientSettings settings(String purpose) {
    return new ClientSettings(ControllerManagerOptions.COMPONENT + "/" + purpose,
        options.string("kubeconfig"), options.string("master"), options.real("kube-api-qps"), options.integer("kube-api-burst"));
  }

  /** A client for one controller; its writes go through the gate. */
  KubernetesClient ofController(ControllerDescriptor controller) {
    ClientSettings gated = settings(controller.name()).with(gate);
    if (!options.bool("use-service-account-credentials")) {
      return closing(source.open(gated));
    }
    Tokens tokens = new Tokens(open(controller.name()), controller.serviceAccount(), environment.clock());
    return closing(source.openAs(gated, tokens::current));
  }

  private synchronized KubernetesClient closing(KubernetesClient client) {
    open.add(client);
    return client;
  }

  @Override
  public synchronized void close() {
    open.forEach(KubernetesClient::close);
    open.clear();
  }

  /** The current token of a service account. */
  private static final class Tokens {
    private final KubernetesClient client;
    private final String account;
    private final Clock clock;
    private String token;
    private Instant renew = Instant.MIN;

    Tokens(KubernetesClient client, String account, Clock clock) {
      this.client = client;
      this.account = account;
      this.clock = clock;
    }

    synchronized String current() {
      if (!clock.now().isBefore(renew)) {
        ensureAccount();
        String path = "/api/v1/namespaces/" + NAMESPACE + "/serviceaccounts/" + account + "/token";
        Map<String, Object> wanted = Map.of("apiVersion", "authentication.k8s.io/v1", "kind", "TokenRequest",
            "spec", Map.of("audiences", List.of(), "expirationSeconds", TOKEN_LIFE.toSeconds()));
        TokenRequest granted = Objects.parse(client.raw(path, "POST", wanted), TokenRequest.class);
        token = granted.getStatus().getToken();
        renew = clock.now().plus(TOKEN_LIFE.multipliedBy(8).dividedBy(10));
      }
      return token;
    }

    private void ensureAccount() {
      var accounts = client.serviceAccounts().inNamespace(NAMESPACE);
      if (accounts.withName(account).get() != null) {
        return;
      }
      try {
        accounts.resource(new ServiceAccountBuilder().withNewMetadata().withName(account).withNamespace(NAMESPACE).endMetadata().build())
            .create();
      } catch (KubernetesClientException e) {
        if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) { // several controllers share an account: one of them was quicker
          throw e;
        }
      }
    }
  }
}
