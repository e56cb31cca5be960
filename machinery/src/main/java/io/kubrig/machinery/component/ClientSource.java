package io.kubrig.machinery.component;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.function.Supplier;

/** Where components get their connection to the API: over the network as a kubeconfig says, or from an API server in the same process. */
public interface ClientSource {

  /**
   * Opens a client for one component; whoever asks closes it.
   *
   * @throws StartException when there is no such kubeconfig or it cannot be used
   */
  KubernetesClient open(ClientSettings settings);

  /**
   * Opens a client that goes the same way as somebody else: whoever the token names, for instance a service account.
   *
   * @param token asked for at every request; may block
   * @throws StartException as {@link #open}
   */
  KubernetesClient openAs(ClientSettings settings, Supplier<String> token);

  /**
   * A source for a component with many clients: those that go to the same server with the same certificate share what connects them, where
   * there is something to share. Closing one of them closes all.
   */
  default ClientSource sharing() {
    return this;
  }

  /**
   * Whether what is cached is to be asked for with the watch that keeps it current (KEP-3157), as native components do. Such a watch brings
   * a bookmark a minute, which is nothing but a lot where days pass in a second.
   */
  default boolean watchLists() {
    return true;
  }

  /** A configuration without its credentials. */
  static Config anonymous(Config config) {
    return new ConfigBuilder(config)
        .withClientCertData(null)
        .withClientCertFile(null)
        .withClientKeyData(null)
        .withClientKeyFile(null)
        .withUsername(null)
        .withPassword(null)
        .withOauthToken(null)
        .build();
  }
}
