package io.kubrig.apiserver.proxy;

import io.kubrig.apiserver.http.Handler;
import java.util.Optional;

/**
 * Kubelets within this process, of nodes that have no machine. They answer the requests of the kubelet's API (logs, exec, attach)
 * themselves that would go over the network otherwise.
 */
@FunctionalInterface
public interface LocalKubelets {
  LocalKubelets NONE = node -> Optional.empty();

  /** The kubelet of a node; empty when it is to be reached over the network. */
  Optional<Handler> of(String node);
}
