package io.kubrig.e2e.stories;

import com.fasterxml.jackson.databind.JsonNode;
import io.kubrig.apiserver.kinds.Cluster;
import io.kubrig.e2e.stories.Wire.Ask;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.clock.VirtualClock;
import io.kubrig.machinery.component.FeatureGates;
import io.kubrig.machinery.pki.CertificateAuthority;
import io.kubrig.machinery.pki.KeyAndCertificate;
import io.kubrig.machinery.pki.KeyKind;
import io.kubrig.machinery.pki.PemFiles;
import io.kubrig.testkit.ClusterBuilder;
import io.kubrig.testkit.KubrigCluster;
import io.kubrig.testkit.traffic.CallPattern;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** An API server and controllers, started as the vectors' README asks, on virtual time; whoever else is in a story is played. */
final class StoryCluster implements AutoCloseable {
  private static final Duration TICK = Duration.ofMillis(50);
  private static final List<String> RANGES = List.of("10.96.0.0/16", "fd00:10:96::/112");
  private static final String METRICS = """
      {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "pods.metrics.k8s.io",
       "annotations": {"api-approved.kubernetes.io": "unapproved, stands in for metrics-server in these vectors"}},
       "spec": {"group": "metrics.k8s.io", "scope": "Namespaced",
        "names": {"plural": "pods", "singular": "podmetrics", "kind": "PodMetrics", "listKind": "PodMetricsList"},
        "versions": [{"name": "v1beta1", "served": true, "storage": true,
         "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}}]}}""";

  private final KubrigCluster cluster;
  private final Wire wire;
  private final Ledger ledger;
  private final StoryNodes nodes;

  /** @param features gates that are on besides those of all stories */
  StoryCluster(Set<String> features, boolean metrics) throws InterruptedException {
    Map<String, Boolean> gates = new LinkedHashMap<>(Map.of("StorageVersionMigrator", true, "DRADeviceTaintRules", true));
    features.forEach(feature -> gates.put(feature, true));
    cluster = KubrigCluster.builder().virtualTime().controllers("*", "bootstrap-signer-controller", "token-cleaner-controller",
        "selinux-warning-controller").scheduler(false).nodes(0).apis(new Cluster.Settings(RANGES, 30_000, 32_767, true, Duration.ofHours(1),
            new FeatureGates(gates), Map.of("storagemigration.k8s.io/v1beta1", "true", "resource.k8s.io/v1beta2", "true")))
        .managerFlags(flags(gates)).start();
    wire = new Wire(cluster.client().getHttpClient());
    ledger = new Ledger(wire, cluster.clock());
    nodes = new StoryNodes(wire, cluster.clock());
    ledger.watch("Pod");
    ledger.watch("Event");
    if (metrics) {
      wire.send(Ask.post(wire.path("CustomResourceDefinition", null), Json.parse(METRICS)));
      pass(Duration.ofSeconds(2));
      wire.learn();
    }
    nodes.up(Json.object("{\"name\": \"%s\"}", StoryNodes.DEFAULT));
    await(Duration.ofSeconds(15), () -> nodes.taints(StoryNodes.DEFAULT).isEmpty());
  }

  private static List<String> flags(Map<String, Boolean> gates) {
    try {
      Path keys = Files.createTempDirectory("story");
      CertificateAuthority authority =
          CertificateAuthority.selfSigned("kubernetes", KeyKind.RSA, new VirtualClock(ClusterBuilder.NEW_YEAR));
      KeyAndCertificate own = authority.own();
      String certificate = write(keys.resolve("ca.crt"), PemFiles.text(own.chain()));
      String key = write(keys.resolve("ca.key"), PemFiles.text(own.key()));
      String accounts = write(keys.resolve("sa.key"), PemFiles.text(KeyKind.RSA.generate().getPrivate()));
      List<String> flags = new ArrayList<>(List.of("--service-account-private-key-file=" + accounts, "--root-ca-file=" + certificate,
          "--cluster-signing-cert-file=" + certificate, "--cluster-signing-key-file=" + key, "--allocate-node-cidrs",
          "--cluster-cidr=10.244.0.0/16,fd00:10:244::/56", "--node-cidr-mask-size-ipv4=26",
          "--service-cluster-ip-range=" + String.join(",", RANGES), "--node-monitor-period=1s", "--node-monitor-grace-period=8s",
          "--node-startup-grace-period=12s", "--node-eviction-rate=10", "--horizontal-pod-autoscaler-sync-period=2s",
          "--horizontal-pod-autoscaler-downscale-stabilization=6s", "--horizontal-pod-autoscaler-cpu-initialization-period=1s",
          "--horizontal-pod-autoscaler-initial-readiness-delay=1s", "--pvclaimbinder-sync-period=3s", "--terminated-pod-gc-threshold=150",
          "--kube-api-qps=500", "--kube-api-burst=1000"));
      gates.keySet().forEach(gate -> flags.add("--feature-gates=" + gate + "=true"));
      return flags;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String write(Path file, String text) {
    PemFiles.write(file, text);
    file.toFile().deleteOnExit();
    return file.toString();
  }

  Wire wire() {
    return wire;
  }

  Ledger ledger() {
    return ledger;
  }

  StoryNodes nodes() {
    return nodes;
  }

  Clock clock() {
    return cluster.clock();
  }

  /** From now on some of the controllers' requests go wrong: they are refused, lost, or answered wrongly after they have been done. */
  void disturb(long seed, double share) {
    cluster.faults().random(seed, share, CallPattern.calls().by("kube-controller-manager"));
  }

  /** From now on all requests go right. */
  void calm() {
    cluster.faults().clear();
  }

  /** Lets time pass. */
  void pass(Duration time) {
    try {
      cluster.advance(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Lets time pass until something is so; answers whether it came to be. */
  boolean await(Duration patience, BooleanSupplier condition) {
    pass(Duration.ZERO);
    for (Duration waited = Duration.ZERO; !condition.getAsBoolean(); waited = waited.plus(TICK)) {
      if (waited.compareTo(patience) > 0) {
        return false;
      }
      pass(TICK);
    }
    return true;
  }

  /** The certificates that every namespace is told of. */
  String rootCertificates() {
    Optional<JsonNode> map = wire.ifThere(Ask.get(wire.path("ConfigMap", "kube-system", "kube-root-ca.crt")));
    return map.map(found -> found.path("data").path("ca.crt").asText()).orElse("").strip();
  }

  @Override
  public void close() {
    cluster.close();
  }
}
