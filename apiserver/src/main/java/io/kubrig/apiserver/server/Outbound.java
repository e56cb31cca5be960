package io.kubrig.apiserver.server;

import io.kubrig.apiserver.authz.ObjectReader;
import io.kubrig.apiserver.webhook.ClusterServices;
import io.kubrig.apiserver.webhook.ServiceResolver;
import io.kubrig.machinery.pki.KeyAndCertificate;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * How the server reaches what clusters add to it: webhooks and aggregated API servers.
 *
 * @param services how services become addresses; empty for what the cluster's own objects say. A cluster without a network brings its own
 * @param toEndpoints whether requests go to endpoints rather than to cluster IPs ({@code --enable-aggregator-routing})
 * @param self where this server listens itself
 * @param proxyClient by which aggregated servers know the front proxy; asked when first needed
 */
public record Outbound(
    Optional<ServiceResolver> services, boolean toEndpoints, InetSocketAddress self, Supplier<Optional<KeyAndCertificate>> proxyClient) {

  /** By cluster IPs, without a client certificate. */
  public static final Outbound DEFAULT =
      new Outbound(Optional.empty(), false, InetSocketAddress.createUnresolved("127.0.0.1", 6443), Optional::empty);

  ServiceResolver resolver(ObjectReader objects, RandomGenerator random) {
    return services.orElseGet(() -> new ClusterServices(objects, toEndpoints, () -> self, random));
  }
}
