package io.kubrig.testkit;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.kubrig.apiserver.admission.AdmissionConfiguration;
import io.kubrig.apiserver.admission.AdmissionPlugins;
import io.kubrig.apiserver.audit.Audit;
import io.kubrig.apiserver.authn.ServiceAccountKeys;
import io.kubrig.apiserver.proxy.Kubelets;
import io.kubrig.apiserver.server.ApiServer;
import io.kubrig.apiserver.server.ApiServerSettings;
import io.kubrig.apiserver.server.SecuritySettings;
import io.kubrig.apiserver.storage.MemoryStorage;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.component.ClientSettings;
import io.kubrig.machinery.component.ClientSource;
import io.kubrig.machinery.component.Component;
import io.kubrig.machinery.component.ComponentFactory;
import io.kubrig.machinery.component.Environment;
import io.kubrig.machinery.component.StartException;
import io.kubrig.machinery.metrics.KubernetesRegistry;
import io.kubrig.machinery.pki.CertificateAuthority;
import io.kubrig.machinery.pki.CertificateSpec;
import io.kubrig.machinery.pki.KeyKind;
import io.kubrig.operators.ControllerManagerFactory;
import io.kubrig.scheduler.SchedulerFactory;
import io.kubrig.standalone.inprocess.InProcessClients;
import io.kubrig.standalone.simulated.AnnotatedScript;
import io.kubrig.standalone.simulated.PodScript;
import io.kubrig.standalone.simulated.SimulatedNodes;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * A whole cluster in this JVM. Nothing listens on a port and nothing is written to disk; clients call the API server directly. Several clusters may live side
 * by side.
 *
 * <pre>{@code
 * try (KubrigCluster cluster = KubrigCluster.builder().nodes(3).start()) {
 *   cluster.client().apps().deployments()...
 * }
 * }</pre>
 */
public final class KubrigCluster implements AutoCloseable {
  private static final Config CONFIG =
      new ConfigBuilder(Config.empty()).withMasterUrl("https://kubrig.invalid").withNamespace("default").build();
  private static final String ISSUER = "https://kubernetes.default.svc.cluster.local";

  private final CertificateAuthority authority;
  private final ApiServer server;
  private final Deque<AutoCloseable> closing = new ArrayDeque<>();
  private final KubernetesClient admin;

  private KubrigCluster(Builder wanted) {
    Clock clock = Clock.system();
    authority = CertificateAuthority.selfSigned("kubernetes", KeyKind.EC, clock);
    MemoryStorage storage = keep(new MemoryStorage(clock));
    server = keep(new ApiServer(settings(storage, clock, wanted.random)));
    admin = keep(clientFor("kubernetes-admin", "system:masters"));
  }

  /** A cluster with controllers, scheduler and one simulated node, unless said otherwise. */
  public static Builder builder() {
    return new Builder();
  }

  /** Chooses the parts of a cluster. */
  public static final class Builder {
    private boolean controllers = true;
    private boolean scheduler = true;
    private int nodes = 1;
    private PodScript script = new AnnotatedScript();
    private RandomGenerator random = RandomGenerator.getDefault();

    private Builder() {}

    public Builder controllers(boolean run) {
      controllers = run;
      return this;
    }

    public Builder scheduler(boolean run) {
      scheduler = run;
      return this;
    }

    /** How many simulated nodes there are; 0 for none. */
    public Builder nodes(int count) {
      nodes = count;
      return this;
    }

    /** What becomes of the pods on simulated nodes. */
    public Builder script(PodScript pods) {
      script = pods;
      return this;
    }

    /** The source of all generated names, uids and tie breaks: a seeded one makes them repeatable. */
    public Builder random(RandomGenerator source) {
      random = source;
      return this;
    }

    /** Makes the cluster and returns when its parts run. */
    public KubrigCluster start() throws InterruptedException {
      KubrigCluster cluster = new KubrigCluster(this);
      try {
        cluster.startParts(this);
        return cluster;
      } catch (RuntimeException | InterruptedException e) {
        cluster.close();
        throw e;
      }
    }
  }

  private void startParts(Builder wanted) throws InterruptedException {
    if (wanted.controllers) {
      start(new ControllerManagerFactory(), wanted, List.of("--leader-elect=false", "--secure-port=0", "--use-service-account-credentials=false"));
    }
    if (wanted.scheduler) {
      start(new SchedulerFactory(), wanted, List.of("--leader-elect=false", "--secure-port=0"));
    }
    if (wanted.nodes > 0) {
      keep(new SimulatedNodes(admin, Clock.system(), new KubernetesRegistry(), wanted.nodes, wanted.script)).start();
    }
  }

  private void start(ComponentFactory factory, Builder wanted, List<String> flags) throws InterruptedException {
    Environment environment =
        new Environment(Clock.system(), wanted.random, new KubernetesRegistry(), new PartClients(), KubrigCluster::partFailed);
    Component component = keep(factory.create(factory.flags().parse(flags), environment));
    component.start();
  }

  private static void partFailed(String component, String reason) {
    throw new StartException(component + ": " + reason);
  }

  /** Components act as the native users of the same name. */
  private final class PartClients implements ClientSource {
    @Override
    public KubernetesClient open(ClientSettings settings) {
      return settings.component().contains("scheduler")
          ? clientFor("system:kube-scheduler")
          : clientFor("system:kube-controller-manager", "system:masters");
    }

    @Override
    public KubernetesClient openAs(ClientSettings settings, Supplier<String> token) {
      return client(new ConfigBuilder(CONFIG).withOauthTokenProvider(token::get).build(), List.of());
    }
  }

  private ApiServerSettings settings(MemoryStorage storage, Clock clock, RandomGenerator random) {
    KeyPair signing = KeyKind.EC.generate();
    SecuritySettings security =
        new SecuritySettings(
            Optional.empty(),
            List.of(authority.certificate()),
            Optional.empty(),
            true,
            true,
            ServiceAccountKeys.of(List.of(ISSUER), signing.getPrivate(), List.of(signing.getPublic())),
            List.of(ISSUER),
            Duration.ZERO,
            true,
            List.of(SecuritySettings.Mode.NODE, SecuritySettings.Mode.RBAC));
    return new ApiServerSettings(
        storage,
        clock,
        random,
        new KubernetesRegistry(),
        "127.0.0.1:6443",
        new io.kubrig.apiserver.kinds.Cluster.Settings(List.of("10.96.0.0/12"), 30_000, 32_767, true, Duration.ofHours(1)),
        security,
        new AdmissionPlugins.Settings(List.of(), List.of(), 300, 300, AdmissionConfiguration.NONE),
        new ApiServerSettings.Limits(400, 200, List.of(), "", Duration.ofMinutes(1)),
        KubrigCluster::noKubelets,
        false,
        Audit.off(clock));
  }

  private static Kubelets noKubelets() {
    throw new StartException("simulated nodes have no kubelet that could be asked");
  }

  /** The administrator's client. Closed with the cluster. */
  public KubernetesClient client() {
    return admin;
  }

  /** A client of a user who can do what RBAC grants, no more. The caller closes it. */
  public KubernetesClient clientFor(String user, String... groups) {
    var identity = authority.issue(CertificateSpec.client(user, groups), KeyKind.EC);
    return client(CONFIG, List.of(identity.certificate()));
  }

  private KubernetesClient client(Config config, List<X509Certificate> identity) {
    return new KubernetesClientBuilder().withConfig(config).withHttpClientFactory(new InProcessClients(server, identity)).build();
  }

  private <C extends AutoCloseable> C keep(C part) {
    closing.push(part);
    return part;
  }

  /** Stops everything, last started first. */
  @Override
  public void close() {
    List<Exception> problems = new ArrayList<>();
    while (!closing.isEmpty()) {
      try {
        closing.pop().close();
      } catch (Exception e) {
        problems.add(e);
      }
    }
    if (!problems.isEmpty()) {
      IllegalStateException problem = new IllegalStateException("a part of the cluster did not stop cleanly", problems.getFirst());
      problems.stream().skip(1).forEach(problem::addSuppressed);
      throw problem;
    }
  }
}
