package io.kubrig.standalone;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.component.ClientSettings;
import io.kubrig.machinery.component.KubeconfigClients;
import io.kubrig.machinery.component.StartException;
import io.kubrig.scheduler.config.InvalidConfigurationException;
import io.kubrig.scheduler.config.SchedulerConfiguration;
import io.kubrig.scheduler.explain.Decided;
import io.kubrig.scheduler.explain.SchedulingExplanation;
import io.kubrig.scheduler.extender.Extenders;
import io.kubrig.scheduler.plugins.BuiltinPlugins;
import io.kubrig.scheduler.whatif.ClusterDump;
import io.kubrig.scheduler.whatif.LiveCluster;
import io.kubrig.scheduler.whatif.Planner;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options that say which cluster is thought about, and with which scheduler configuration. */
final class ClusterSource {
  @Option(names = "--snapshot", paramLabel = "FILE",
      description = "Think about the objects of this file (kubectl get -o yaml of nodes, pods and what else matters) instead of a "
          + "running cluster.")
  private Path snapshot;

  @Option(names = "--kubeconfig", paramLabel = "FILE", description = "The cluster to read; without it the one of the data directory.")
  private Path kubeconfig;

  @Option(names = "--config", paramLabel = "FILE",
      description = "The scheduler's configuration file; without it the default configuration.")
  private Path config;

  @Option(names = "--skip-extenders",
      description = "Do not ask the extenders of the configuration. Without it they are asked to filter and to prioritize.")
  private boolean skipExtenders;

  @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Decides between equal nodes. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Mixin private DataDirectoryOption data;

  /** Everything in the cluster that decisions depend on. */
  List<HasMetadata> objects() throws InterruptedException {
    if (snapshot != null) {
      return ClusterDump.objects(text(snapshot));
    }
    try (KubernetesClient client = open()) {
      return LiveCluster.read(client);
    }
  }

  /** What a scheduler has kept of its last decision about a pod; empty when it keeps none, or when another configuration is asked about. */
  Optional<Decided> kept(String namespace, String pod) {
    if (snapshot != null || config != null) {
      return Optional.empty();
    }
    try (KubernetesClient client = open()) {
      SchedulingExplanation found = client.resources(SchedulingExplanation.class).inNamespace(namespace).withName(pod).get();
      return Optional.ofNullable(found).map(SchedulingExplanation::getStatus);
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_FORBIDDEN) {
        return Optional.empty(); // who may not read what is kept may still read the cluster
      }
      throw e;
    }
  }

  /** Whether a file is thought about, no running cluster. */
  boolean isFile() {
    return snapshot != null;
  }

  /** A client of the cluster. */
  KubernetesClient open() {
    return openAt("", false);
  }

  /**
   * A client that speaks as the same user to another server.
   *
   * @param trusting whoever the server is; else it has to be of the cluster's own certificate authority
   */
  KubernetesClient openAt(String address, boolean trusting) {
    Path file = kubeconfig != null ? kubeconfig : data.directory().adminKubeconfig();
    KubernetesClient client = new KubeconfigClients().open(new ClientSettings("kubrig", file.toString(), address, 0, 0));
    if (!trusting) {
      return client;
    }
    try (client) {
      return new KubernetesClientBuilder().withConfig(new ConfigBuilder(client.getConfiguration()).withCaCertData(null).withCaCertFile(null)
          .withTrustCerts(true).withDisableHostnameVerification(true).build()).build();
    }
  }

  /** A planner with the configuration that was named. */
  Planner planner(List<HasMetadata> objects) {
    return planner(objects, config);
  }

  /** A planner with another configuration. */
  Planner planner(List<HasMetadata> objects, Path configuration) {
    try {
      SchedulerConfiguration c = configuration == null ? SchedulerConfiguration.standard()
          : SchedulerConfiguration.parse(text(configuration));
      Planner planner = new Planner(c, BuiltinPlugins.registry(c), skipExtenders ? List.of() : Extenders.of(c), Clock.system(),
          new Random(seed));
      planner.know(objects);
      return planner;
    } catch (InvalidConfigurationException e) {
      throw new StartException(configuration + ": " + e.getMessage(), e);
    }
  }

  static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new StartException("open " + file + ": no such file or directory", e);
    }
  }
}
