package io.kubrig.testkit;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.internal.SSLUtils;
import io.kubernetes.client.openapi.ApiClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.function.Consumer;
import okhttp3.OkHttpClient;

/**
 * Clients of the official Java client library ({@code io.kubernetes:client-java}), for those who have it on their class path. They come
 * through the cluster's port, which is opened for the first of them, and wait for an answer as long as it takes, so that watches stay open.
 */
public final class OfficialClient {
  private OfficialClient() {}

  /** The administrator's. */
  public static ApiClient of(KubrigCluster cluster) {
    return from(cluster.kubeconfig());
  }

  /** A user's, with the rights that RBAC gives. */
  public static ApiClient of(KubrigCluster cluster, String user, String... groups) {
    return from(cluster.kubeconfigFor(user, groups));
  }

  /**
   * A client for a parameter or field, in a form that can be linked where the library is not there.
   *
   * @param user null for the administrator
   * @param kept is given what ends the client
   */
  static Object injected(KubrigCluster cluster, AsUser user, Consumer<AutoCloseable> kept) {
    ApiClient client = user == null ? of(cluster) : of(cluster, user.value(), user.groups());
    kept.accept(() -> close(client));
    return client;
  }

  private static ApiClient from(String kubeconfig) {
    Config config = Config.fromKubeconfig(kubeconfig);
    try {
      ApiClient client = new ApiClient();
      client.setBasePath(config.getMasterUrl().replaceAll("/+$", ""));
      client.setKeyManagers(SSLUtils.keyManagers(config));
      client.setSslCaCert(new ByteArrayInputStream(Base64.getDecoder().decode(config.getCaCertData()))); // last: it is read only once
      client.setReadTimeout(0);
      return client;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("no official client can be made for " + config.getMasterUrl() + ": " + e.getMessage(), e);
    }
  }

  /** Ends the threads and connections of a client. */
  public static void close(ApiClient client) {
    OkHttpClient http = client.getHttpClient();
    http.dispatcher().executorService().shutdown();
    http.connectionPool().evictAll();
  }
}
