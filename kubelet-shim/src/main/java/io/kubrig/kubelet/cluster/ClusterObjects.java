package io.kubrig.kubelet.cluster;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import java.util.List;
import java.util.Optional;

/**
 * The objects of the cluster that pods refer to.
 *
 * <p><b>Errors</b>: {@link ClusterException} when the API cannot be asked; an object that is not there is an empty answer.
 */
public interface ClusterObjects {
  Optional<ConfigMap> configMap(String namespace, String name);

  Optional<Secret> secret(String namespace, String name);

  /** A token for a service account, as the request asks for it. */
  TokenRequest token(String namespace, String serviceAccount, TokenRequest request);

  /** Every service of the cluster, as last seen. */
  List<Service> services();

  /** This node, as last seen; empty while it is not registered. */
  Optional<Node> node();

  /** The API could not be asked, or refused. */
  final class ClusterException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ClusterException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** No cluster: for a kubelet that runs static pods alone. */
  ClusterObjects NONE =
      new ClusterObjects() {
        @Override
        public Optional<ConfigMap> configMap(String namespace, String name) {
          return Optional.empty();
        }

        @Override
        public Optional<Secret> secret(String namespace, String name) {
          return Optional.empty();
        }

        @Override
        public TokenRequest token(String namespace, String serviceAccount, TokenRequest request) {
          throw new ClusterException("this kubelet has no API server to ask for tokens", null);
        }

        @Override
        public List<Service> services() {
          return List.of();
        }

        @Override
        public Optional<Node> node() {
          return Optional.empty();
        }
      };
}
