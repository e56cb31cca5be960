package io.kubrig.proxy;

import io.kubrig.machinery.component.StartException;
import io.kubrig.machinery.duration.GoDuration;
import io.kubrig.machinery.tree.Tree;
import io.kubrig.machinery.yaml.Yaml;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * A KubeProxyConfiguration (kubeproxy.config.k8s.io/v1alpha1), complete with defaults. Field names are the API's; {@code mode} is blank or
 * nftables, as the other modes are refused when it is made.
 */
public final class ProxyConfiguration {
  private static final String API_VERSION = "kubeproxy.config.k8s.io/v1alpha1";
  private static final String KIND = "KubeProxyConfiguration";
  /** Objects whose keys are data. */
  private static final Set<String> OPEN = Set.of("featureGates");

  private final Tree tree;

  private ProxyConfiguration(Tree tree) {
    this.tree = tree;
  }

  /** The defaults as an object to lay values over. */
  static Tree defaults() {
    try (InputStream in = ProxyConfiguration.class.getResourceAsStream("defaults.yaml")) {
      return Yaml.readTree(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Defaults with a file laid over them; a field that does not exist is an error. */
  static Tree read(Path file) {
    Tree given;
    try {
      given = Yaml.readTree(Files.readString(file));
    } catch (IOException | RuntimeException problem) {
      throw new StartException("failed to load kube-proxy configuration from " + file + ": " + problem.getMessage(), problem);
    }
    if (!KIND.equals(given.string("kind")) || !API_VERSION.equals(given.string("apiVersion"))) {
      throw new StartException("failed to load kube-proxy configuration from " + file + ": no kind \"" + given.string("kind")
          + "\" is registered for version \""
          + given.string("apiVersion") + "\": it must be " + KIND + " of " + API_VERSION);
    }
    Tree merged = defaults();
    overlay(merged, given, "", file);
    return merged;
  }

  private static void overlay(Tree base, Tree given, String path, Path file) {
    given.forEach((name, value) -> {
      if (!base.has(name)) {
        throw new StartException("strict decoding error in " + file + ": unknown field \"" + path + name + "\"");
      }
      Object known = base.get(name);
      if (known instanceof Tree inner && value instanceof Tree nested && !OPEN.contains(name)) {
        overlay(inner, nested, path + name + ".", file);
      } else if (value != null && !isZeroDuration(known, value)) {
        base.set(name, value);
      }
    });
  }

  /** A period of zero asks for the default, as kubeadm writes it. */
  private static boolean isZeroDuration(Object known, Object value) {
    return known instanceof String text && text.matches("\\d+m?s") && "0s".equals(value);
  }

  /**
   * Checks the values.
   *
   * @throws StartException with every problem found
   */
  static ProxyConfiguration of(Tree tree) {
    ProxyConfiguration configuration = new ProxyConfiguration(tree);
    ConfigurationCheck.check(configuration);
    return configuration;
  }

  /** The whole object as YAML, for {@code --write-config-to}. */
  String yaml() {
    return Yaml.write(tree);
  }

  public String mode() {
    return tree.string("mode");
  }

  public String bindAddress() {
    return tree.string("bindAddress");
  }

  public boolean bindAddressHardFail() {
    return tree.bool("bindAddressHardFail");
  }

  public String healthzBindAddress() {
    return tree.string("healthzBindAddress");
  }

  public String metricsBindAddress() {
    return tree.string("metricsBindAddress");
  }

  public String kubeconfig() {
    return tree.tree("clientConnection").string("kubeconfig");
  }

  public double qps() {
    return tree.tree("clientConnection").get("qps") instanceof Number number ? number.doubleValue() : 0;
  }

  public int burst() {
    return (int) tree.tree("clientConnection").integer("burst");
  }

  /** One CIDR, or two of different families separated by a comma; empty when not known. */
  public List<String> clusterCidrs() {
    String text = tree.string("clusterCIDR");
    return text.isBlank() ? List.of() : List.of(text.split(","));
  }

  public String detectLocalMode() {
    return tree.string("detectLocalMode");
  }

  public String detectLocal(String field) {
    return tree.tree("detectLocal").string(field);
  }

  public String hostnameOverride() {
    return tree.string("hostnameOverride");
  }

  public List<String> nodePortAddresses() {
    return tree.strings("nodePortAddresses");
  }

  public boolean masqueradeAll() {
    return tree.tree("nftables").bool("masqueradeAll");
  }

  public int masqueradeBit() {
    return (int) tree.tree("nftables").integer("masqueradeBit");
  }

  public Duration minSyncPeriod() {
    return duration("nftables", "minSyncPeriod");
  }

  public Duration syncPeriod() {
    return duration("nftables", "syncPeriod");
  }

  public int conntrackMaxPerCore() {
    return (int) tree.tree("conntrack").integer("maxPerCore");
  }

  public int conntrackMin() {
    return (int) tree.tree("conntrack").integer("min");
  }

  public boolean conntrackTcpBeLiberal() {
    return tree.tree("conntrack").bool("tcpBeLiberal");
  }

  /** A timeout of tracked flows; zero leaves the kernel's. */
  public Duration conntrackTimeout(String field) {
    return duration("conntrack", field);
  }

  private Duration duration(String section, String field) {
    return GoDuration.parse(tree.tree(section).string(field, "0s"));
  }
}
