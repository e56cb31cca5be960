package io.kubrig.scheduler.config;

import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

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

  /** How to reach it by TLS. */
  public record Tls(boolean enabled, boolean insecure, String serverName, String certFile, String keyFile, String caFile) {}

  static ExtenderConfiguration read(ConfigNode n) {
    Verbs verbs = new Verbs(n.string("filterVerb", ""), n.string("preemptVerb", ""), n.string("prioritizeVerb", ""),
        n.string("bindVerb", ""));
    int weight = n.integer("weight", 0);
    if (!verbs.prioritize.isEmpty() && weight <= 0) {
      n.problem("weight", "Invalid value: " + weight + ": must have a positive weight applied to it");
    }
    String prefix = n.string("urlPrefix", "");
    try {
      URI.create(prefix);
    } catch (IllegalArgumentException e) {
      n.problem("urlPrefix", "Invalid value: \"" + prefix + "\": not a URL");
    }
    Tls tls;
    try (ConfigNode t = n.object("tlsConfig")) {
      tls = new Tls(n.bool("enableHTTPS", false), t.bool("insecure", false), t.string("serverName", ""), t.string("certFile", ""),
          t.string("keyFile", ""), t.string("caFile", ""));
      t.string("certData");
      t.string("keyData");
      t.string("caData");
    }
    Map<String, Boolean> managed = new LinkedHashMap<>();
    for (ConfigNode r : n.objects("managedResources")) {
      try (r) {
        String name = r.string("name", "");
        if (!name.contains("/") || name.contains("kubernetes.io/")) {
          r.problem("name", "Invalid value: \"" + name + "\": " + name + " is an invalid extended resource name");
        }
        if (managed.put(name, r.bool("ignoredByScheduler", false)) != null) {
          r.problem("name", "Invalid value: \"" + name + "\": duplicate extender managed resource name");
        }
      }
    }
    ExtenderConfiguration e = new ExtenderConfiguration(prefix, verbs, weight, tls, n.duration("httpTimeout", Duration.ofSeconds(5)),
        new Traits(n.bool("nodeCacheCapable", false), n.bool("ignorable", false)), managed);
    n.close();
    return e;
  }
}
