package io.kubrig.scheduler.config;

import io.kubrig.machinery.selector.LabelSyntax;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A scheduler extender: a web service that is asked as well.
 *
 * @param verbs paths of filter, preempt, prioritize, bind; empty when not offered
 * @param managed resources it is asked about (all pods when empty); the value tells whether the scheduler itself ignores the resource
 */
public record ExtenderConfiguration(
    String urlPrefix, Verbs verbs, int weight, Tls tls, Duration httpTimeout, Traits traits, Map<String, Boolean> managed) {

  /** The paths below the prefix. */
  public record Verbs(String filter, String preempt, String prioritize, String bind) {}

  /** How it wants to be treated. */
  public record Traits(boolean nodeCacheCapable, boolean ignorable) {}

  /**
   * How to reach it by TLS.
   *
   * @param data what is given within the file instead of by name
   */
  public record Tls(boolean enabled, boolean insecure, String serverName, String certFile, String keyFile, String caFile, Data data) {
    /** Whether servers are not checked: wanted so, or because nothing is known to check them by. */
    public boolean trustsAnyone() {
      return insecure || enabled && !hasAuthority();
    }

    /** Whether anything is said about TLS. */
    public boolean isGiven() {
      return enabled || insecure || hasAuthority() || !serverName.isEmpty() || !certFile.isEmpty() || !data.cert.isEmpty();
    }

    public boolean hasAuthority() {
      return !caFile.isEmpty() || !data.ca.isEmpty();
    }
  }

  /** Certificates and a key as PEM; empty when not given. */
  public record Data(String cert, String key, String ca) {}

  /** Reads one; {@code known} are the resources that others manage. */
  static ExtenderConfiguration read(ConfigNode n, Set<String> known) {
    Verbs verbs = new Verbs(n.string("filterVerb", ""), n.string("preemptVerb", ""), n.string("prioritizeVerb", ""),
        n.string("bindVerb", ""));
    int weight = n.integer("weight", 0);
    if (!verbs.prioritize.isEmpty() && weight <= 0) {
      n.problem("weight", "Invalid value: " + weight + ": must have a positive weight applied to it");
    }
    ConfigNode t = n.object("tlsConfig");
    Tls tls = new Tls(n.bool("enableHTTPS", false), t.bool("insecure", false), t.string("serverName", ""), t.string("certFile", ""),
        t.string("keyFile", ""), t.string("caFile", ""), new Data(decoded(t, "certData"), decoded(t, "keyData"), decoded(t, "caData")));
    Map<String, Boolean> managed = new LinkedHashMap<>();
    for (ConfigNode r : n.objects("managedResources")) {
      String name = r.string("name", "");
      checkResource(r, name);
      if (!known.add(name)) {
        r.problem("name", "Invalid value: \"" + name + "\": duplicate extender managed resource name");
      }
      managed.put(name, r.bool("ignoredByScheduler", false));
    }
    return new ExtenderConfiguration(n.string("urlPrefix", ""), verbs, weight, tls, n.duration("httpTimeout", Duration.ofSeconds(5)),
        new Traits(n.bool("nodeCacheCapable", false), n.bool("ignorable", false)), managed);
  }

  private static String decoded(ConfigNode tls, String field) {
    try {
      return new String(Base64.getDecoder().decode(tls.string(field, "")), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      tls.problem(field, "Invalid value: " + e.getMessage());
      return "";
    }
  }

  private static void checkResource(ConfigNode r, String name) {
    List<String> errors = LabelSyntax.keyErrors(name);
    errors.forEach(e -> r.problem("name", "Invalid value: \"" + name + "\": " + e));
    boolean extended = name.contains("/") && !name.contains("kubernetes.io/") && !name.startsWith("requests.");
    if (errors.isEmpty() && !extended) {
      r.problem("name", "Invalid value: \"" + name + "\": is an invalid extended resource name");
    }
  }
}
