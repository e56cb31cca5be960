package io.kubrig.standalone.kubeadm;

import io.fabric8.kubernetes.api.model.Taint;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.component.StartException;
import io.kubrig.machinery.config.ConfigFields;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the first machine of a cluster is to be: {@code InitConfiguration} of {@code kubeadm.k8s.io/v1beta4}, with the cluster's.
 *
 * @param advertiseAddress by which others reach the API server
 * @param bindPort the API server's
 * @param tokens by which others may join; not written into files
 */
public record InitConfiguration(
    InetAddress advertiseAddress, int bindPort, List<BootstrapToken> tokens, NodeRegistration node, ClusterConfiguration cluster) {
  /** How long a token lives when nothing is said. */
  public static final Duration TOKEN_TTL = Duration.ofHours(24);
  /** The taint of machines that run the control plane. */
  public static final Taint CONTROL_PLANE = new Taint("NoSchedule", "node-role.kubernetes.io/control-plane", null, null);

  private static final int LARGEST_PORT = 65_535;

  public InitConfiguration {
    tokens = List.copyOf(tokens);
    if (bindPort < 1 || bindPort > LARGEST_PORT) {
      throw new StartException("--apiserver-bind-port must be between 1 and 65535, not " + bindPort);
    }
  }

  /**
   * What a file says.
   *
   * @param absent what is taken where it says nothing
   */
  public static InitConfiguration of(KubeadmFile file, InitConfiguration absent, Clock clock) {
    ConfigFields fields = file.document(KubeadmFile.INIT).orElse(null);
    ClusterConfiguration cluster = ClusterConfiguration.of(file, absent.cluster);
    InitConfiguration found = absent.of(cluster);
    if (fields != null) {
      ConfigFields endpoint = fields.fields("localAPIEndpoint");
      List<BootstrapToken> tokens = tokens(fields.list("bootstrapTokens"), clock);
      file.ignore(fields, "", "dryRun", "certificateKey", "skipPhases", "patches", "timeouts");
      found = new InitConfiguration(address(endpoint.text("advertiseAddress", absent.advertiseAddress.getHostAddress())),
          endpoint.integer("bindPort", absent.bindPort), tokens.isEmpty() ? absent.tokens : tokens,
          NodeRegistration.of(file, fields.fields("nodeRegistration"), absent.node), cluster);
    }
    file.finish();
    return found;
  }

  /** This with a token. */
  public InitConfiguration with(BootstrapToken token) {
    return new InitConfiguration(advertiseAddress, bindPort, List.of(token), node, cluster);
  }

  private InitConfiguration of(ClusterConfiguration other) {
    return new InitConfiguration(advertiseAddress, bindPort, tokens, node, other);
  }

  /** @throws StartException when it is none that others could use */
  public static InetAddress address(String text) {
    try {
      InetAddress address = InetAddress.ofLiteral(text);
      if (!address.isAnyLocalAddress() && !address.isMulticastAddress()) {
        return address;
      }
    } catch (IllegalArgumentException e) {
      // told below
    }
    throw new StartException("--apiserver-advertise-address \"" + text + "\" is no address of this machine that others can use");
  }

  private static List<BootstrapToken> tokens(List<ConfigFields> list, Clock clock) {
    List<BootstrapToken> tokens = new ArrayList<>();
    for (ConfigFields fields : list) {
      BootstrapToken token = BootstrapToken.parse(fields.text("token", ""));
      Duration ttl = fields.duration("ttl", TOKEN_TTL);
      String expires = fields.text("expires", "");
      Optional<Instant> end = expires.isEmpty() ? ending(ttl, clock) : Optional.of(instant(fields, expires));
      tokens.add(token.with(fields.text("description", ""), end, fields.texts("usages", BootstrapToken.USAGES),
          fields.texts("groups", List.of(BootstrapToken.NODES))));
    }
    return tokens;
  }

  private static Instant instant(ConfigFields fields, String text) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeParseException e) {
      throw fields.invalid("expires", "must be a time such as 2026-11-22T10:00:00Z, not \"" + text + "\"");
    }
  }

  /** When a token ends that lives so long; one of zero lives for ever. */
  public static Optional<Instant> ending(Duration ttl, Clock clock) {
    return ttl.isZero() ? Optional.empty() : Optional.of(clock.now().plus(ttl));
  }

  /** Where others find the API: {@code host:port}. */
  public String endpoint() {
    String host = cluster.controlPlaneEndpoint();
    if (host.isEmpty()) {
      return advertiseAddress.getHostAddress() + ":" + bindPort;
    }
    return host.contains(":") ? host : host + ":" + bindPort;
  }

  /** As a file from which the machine is started again, without the tokens. */
  public String yaml() {
    return cluster.yaml() + """
        ---
        apiVersion: kubeadm.k8s.io/v1beta4
        kind: InitConfiguration
        localAPIEndpoint:
          advertiseAddress: %s
          bindPort: %d
        %s""".formatted(advertiseAddress.getHostAddress(), bindPort, node.yaml());
  }
}
