package io.kubrig.apiserver.webhook;

import io.kubrig.machinery.tree.Tree;
import java.net.URI;

/**
 * Where a webhook is: the {@code clientConfig} of webhooks and of conversions.
 *
 * <p>{@code caBundle} is PEM, base64-encoded as in the API; "" means that the system's authorities vouch for the server.
 */
public sealed interface ClientConfig {
  int DEFAULT_PORT = 443;

  String caBundle();

  /** The name that requests and certificates are for. */
  String host();

  int port();

  /** Absolute and clean. */
  String path();

  /** As it stands in front of the path in messages. */
  String origin();

  /** A webhook outside, or one that a name leads to. */
  record Url(URI uri, String caBundle) implements ClientConfig {
    @Override
    public String host() {
      String host = uri.getHost();
      return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    @Override
    public int port() {
      return uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
    }

    @Override
    public String path() {
      return clean(uri.getRawPath());
    }

    @Override
    public String origin() {
      return uri.getScheme() + "://" + uri.getRawAuthority();
    }
  }

  /** A webhook that a service of the cluster leads to. */
  record Service(String namespace, String name, int port, String stated, String caBundle) implements ClientConfig {
    @Override
    public String host() {
      return name + "." + namespace + ".svc";
    }

    @Override
    public String path() {
      return clean(stated);
    }

    @Override
    public String origin() {
      return "https://" + host() + ":" + port;
    }
  }

  /** @throws IllegalArgumentException when it names neither, which validation does not let through */
  static ClientConfig of(Tree config) {
    String bundle = config.string("caBundle");
    if (config.get("service") instanceof Tree service) {
      int port = (int) service.integer("port", DEFAULT_PORT);
      return new Service(service.string("namespace"), service.string("name"), port, service.string("path"), bundle);
    }
    if (config.string("url").isEmpty()) {
      throw new IllegalArgumentException("webhook configuration must have either service or URL");
    }
    return new Url(URI.create(config.string("url")), bundle);
  }

  private static String clean(String path) {
    if (path == null || path.isEmpty()) {
      return "/";
    }
    String absolute = URI.create("/").resolve(path.startsWith("/") ? path : "/" + path).normalize().toString().replaceAll("/{2,}", "/");
    return absolute.length() > 1 && absolute.endsWith("/") ? absolute.substring(0, absolute.length() - 1) : absolute;
  }
}
