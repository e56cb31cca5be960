package io.kubrig.apiserver.storage.etcd;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where etcd is and how it is used.
 *
 * @param servers at least one; {@code https} ones are spoken to in TLS
 * @param prefix under which all objects are, begins with a slash and does not end in one
 * @param authority file with the certificates that etcd's is checked against; empty for those of the machine
 * @param certificate file with the client certificate; empty for none, likewise {@code key}
 * @param compactionInterval zero for no compaction by this server
 * @param leaseReuse how long at most a lease is given to further keys
 */
public record EtcdSettings(
    List<URI> servers,
    String prefix,
    Optional<Path> authority,
    Optional<Path> certificate,
    Optional<Path> key,
    Duration compactionInterval,
    Duration healthTimeout,
    Duration leaseReuse) {

  /** Reads {@code host:port} and {@code scheme://host:port}. */
  public static List<URI> servers(List<String> texts) {
    List<URI> servers = new ArrayList<>();
    for (String text : texts) {
      URI uri = URI.create(text.contains("://") ? text : "http://" + text);
      boolean known = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      if (!known || uri.getHost() == null || uri.getPort() < 0) {
        throw new IllegalArgumentException("--etcd-servers: \"" + text + "\" is not of the form scheme://host:port with http or https");
      }
      servers.add(uri);
    }
    if (servers.isEmpty()) {
      throw new IllegalArgumentException("--etcd-servers must be specified");
    }
    return List.copyOf(servers);
  }

  /** The prefix in its normal form: one slash in front, none at the end. */
  public static String prefix(String text) {
    String clean = ("/" + text).replaceAll("/+", "/");
    return clean.endsWith("/") ? clean.substring(0, clean.length() - 1) : clean;
  }
}
