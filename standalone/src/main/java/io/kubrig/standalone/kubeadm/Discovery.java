package io.kubrig.standalone.kubeadm;

import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.component.StartException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * From an address and a token to a cluster that can be trusted: what the API server tells everybody has to be signed with the token, and
 * its authority has to be pinned; then it is asked again over a connection that this authority vouches for. Source: the page "kubeadm
 * join".
 */
public final class Discovery {
  private static final Duration BETWEEN_TRIES = Duration.ofSeconds(5);

  private final Source source;
  private final Clock clock;
  private final Duration patience;

  /** Reads the data of the ConfigMap {@code kube-public/cluster-info}. */
  @FunctionalInterface
  public interface Source {
    /**
     * @param authority PEM of who vouches for the server; empty to believe anybody
     * @throws StartException when the server does not answer so; it is tried again
     */
    Map<String, String> read(String endpoint, Optional<String> authority);
  }

  /** @param patience how long the server is asked again */
  public Discovery(Source source, Clock clock, Duration patience) {
    this.source = source;
    this.clock = clock;
    this.patience = patience;
  }

  /**
   * @param endpoint {@code host:port}
   * @param pins none to trust whatever is signed with the token
   * @throws StartException when the server cannot be trusted
   */
  public ClusterInfo byToken(String endpoint, BootstrapToken token, PublicKeyPins pins) throws InterruptedException {
    try {
      Map<String, String> first = awaited(endpoint, token, Optional.empty());
      String kubeconfig = ClusterInfo.signed(first, token);
      ClusterInfo info = ClusterInfo.parse(kubeconfig);
      if (pins.hashes().isEmpty()) {
        return info;
      }
      try {
        pins.check(info.authorities());
      } catch (StartException e) {
        throw new StartException("cluster CA found in cluster-info ConfigMap is invalid: " + e.getMessage(), e);
      }
      Map<String, String> second = awaited(endpoint, token, Optional.of(info.authority()));
      if (!kubeconfig.equals(second.get(ClusterInfo.KUBECONFIG))) {
        throw new StartException("the second kubeconfig from the cluster-info ConfigMap (using validated TLS) was different from the first");
      }
      return info;
    } catch (StartException e) {
      throw new StartException("couldn't validate the identity of the API Server: " + e.getMessage(), e);
    }
  }

  private Map<String, String> awaited(String endpoint, BootstrapToken token, Optional<String> authority) throws InterruptedException {
    Instant end = clock.now().plus(patience);
    while (true) {
      String problem;
      try {
        Map<String, String> data = source.read(endpoint, authority);
        if (data.containsKey(ClusterInfo.SIGNATURE + token.id())) {
          return data;
        }
        problem = "could not find a JWS signature in the cluster-info ConfigMap for token ID \"" + token.id() + "\"";
      } catch (StartException e) {
        problem = "failed to request the cluster-info ConfigMap: " + e.getMessage();
      }
      Duration left = Duration.between(clock.now(), end);
      if (!left.isPositive()) {
        throw new StartException(problem);
      }
      clock.sleep(left.compareTo(BETWEEN_TRIES) < 0 ? left : BETWEEN_TRIES);
    }
  }
}
