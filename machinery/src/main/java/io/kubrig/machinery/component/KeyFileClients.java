package io.kubrig.machinery.component;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.kubrig.machinery.pki.ClientKeyFiles;
import io.kubrig.machinery.pki.PkiException;
import java.nio.file.Path;
import javax.net.ssl.KeyManager;

/** Makes clients whose certificate, where it is named as a file, is read again when the file changes, as native clients do. */
record KeyFileClients(NetworkClients connections) implements HttpClient.Factory {
  @Override
  public HttpClient.Builder newBuilder(Config config) {
    boolean named = isSet(config.getClientCertFile()) && isSet(config.getClientKeyFile());
    if (!named || isSet(config.getClientCertData()) || isSet(config.getClientKeyData())) {
      return connections.newBuilder(config);
    }
    ClientKeyFiles keys = keys(config);
    return connections.newBuilder(config, new KeyManager[] {keys}).addOrReplaceInterceptor("client-certificate", new Refresh(keys));
  }

  @Override
  public HttpClient.Builder newBuilder() {
    return connections.newBuilder();
  }

  private static boolean isSet(String text) {
    return text != null && !text.isEmpty();
  }

  private static ClientKeyFiles keys(Config config) {
    try {
      return new ClientKeyFiles(Path.of(config.getClientCertFile()), Path.of(config.getClientKeyFile()));
    } catch (PkiException e) {
      throw new StartException("the client certificate of the kubeconfig cannot be used: " + e.getMessage(), e);
    }
  }

  /** Looks at the files before each request. */
  private record Refresh(ClientKeyFiles keys) implements Interceptor {
    @Override
    public void before(BasicBuilder request, HttpRequest original, RequestTags tags) {
      keys.refresh();
    }
  }
}
