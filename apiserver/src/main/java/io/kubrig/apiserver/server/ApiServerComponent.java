package io.kubrig.apiserver.server;

import io.kubrig.apiserver.admission.AdmissionConfiguration;
import io.kubrig.apiserver.admission.AdmissionPlugins;
import io.kubrig.apiserver.encryption.Encryption;
import io.kubrig.apiserver.encryption.EncryptionConfiguration;
import io.kubrig.apiserver.encryption.KeyServices;
import io.kubrig.apiserver.encryption.StoredResources;
import io.kubrig.apiserver.http.HttpServer;
import io.kubrig.apiserver.http.ServerKeys;
import io.kubrig.apiserver.http.ServerOptions;
import io.kubrig.apiserver.http.Tls;
import io.kubrig.apiserver.kinds.Cluster;
import io.kubrig.apiserver.proxy.Kubelets;
import io.kubrig.apiserver.proxy.LocalKubelets;
import io.kubrig.apiserver.storage.AtRest;
import io.kubrig.apiserver.storage.EmbeddedStorage;
import io.kubrig.apiserver.storage.MemoryStorage;
import io.kubrig.apiserver.storage.Storage;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.component.Component;
import io.kubrig.machinery.component.Environment;
import io.kubrig.machinery.component.FeatureGates;
import io.kubrig.machinery.component.StartException;
import io.kubrig.machinery.flags.FlagException;
import io.kubrig.machinery.flags.FlagSet;
import io.kubrig.machinery.flags.ParsedFlags;
import io.kubrig.machinery.flags.PortRange;
import io.kubrig.machinery.health.HealthCheck;
import io.kubrig.machinery.metrics.ProcessMetrics;
import io.kubrig.machinery.pki.ClusterPki;
import io.kubrig.machinery.pki.KeyAndCertificate;
import io.kubrig.machinery.pki.PemFiles;
import io.kubrig.schemas.KubernetesSchemas;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The API server with its storage and its port. */
public final class ApiServerComponent implements Component {
  private static final Logger LOG = LoggerFactory.getLogger(ApiServerComponent.class);

  private final ApiServerFlags flags;
  private final ParsedFlags parsed;
  private final Environment environment;
  private Storage storage;
  private ClusterPki pki;
  private ApiServer server;
  private HttpServer front;
  private Clock.Timer encryptionReload;
  private Encryption encryption;
  private volatile LocalKubelets localKubelets = LocalKubelets.NONE;

  private ApiServerComponent(ApiServerFlags flags, ParsedFlags parsed, Environment environment) {
    this.flags = flags;
    this.parsed = parsed;
    this.environment = environment;
  }

  /** The flags, and the component that they describe. */
  public static final class Options {
    private final ApiServerFlags flags = new ApiServerFlags();

    public FlagSet flags() {
      return flags.set();
    }

    public ApiServerComponent component(ParsedFlags parsed, Environment environment) {
      return new ApiServerComponent(flags, parsed, environment);
    }
  }

  @Override
  public String name() {
    return "kube-apiserver";
  }

  @Override
  public void start() {
    try {
      open();
    } catch (BindException e) {
      close();
      throw new StartException(
          "failed to create listener: failed to listen on " + address() + ": " + e.getMessage()
              + "; choose another port with --secure-port", e);
    } catch (IllegalArgumentException | IOException e) {
      close();
      throw new StartException(e.getMessage(), e);
    }
  }

  private void open() throws IOException {
    pki = pki();
    storage = openStorage();
    ProcessMetrics.register(environment.metrics());
    ApiServerSettings settings = settings();
    Tls tls = tls(settings.security().clientAuthorities());
    server = new ApiServer(settings);
    server.showFlags(parsed.effective());
    if (encryption != null && encryption.hasServices()) {
      server.watchHealth(HealthCheck.of("kms-providers", encryption::checkServices));
    }
    front = HttpServer.start(serverOptions(), tls, server);
    server.announce(peer());
    LOG.info("Serving securely on {}", address());
  }

  /** Nodes in this process, which are asked for logs and streams without a network. */
  public void reach(LocalKubelets kubelets) {
    localKubelets = kubelets;
  }

  private ApiServerSettings settings() throws IOException {
    PortRange nodePorts = parsed.value(flags.nodePorts);
    Supplier<Kubelets> kubelets = KubeletFlags.read(flags, parsed, pki);
    Cluster.Settings cluster =
        new Cluster.Settings(
            List.of(parsed.value(flags.serviceRange).split(",")),
            nodePorts.first(),
            nodePorts.last(),
            parsed.value(flags.allowPrivileged),
            parsed.value(flags.eventTtl),
            FeatureGates.of(parsed.value(flags.featureGates)),
            parsed.value(flags.runtimeConfig));
    String external = host().getHostAddress() + ":" + parsed.value(flags.securePort);
    ApiServerSettings.Limits limits =
        new ApiServerSettings.Limits(
            parsed.value(flags.maxInFlight),
            parsed.value(flags.maxMutatingInFlight),
            parsed.value(flags.corsAllowedOrigins),
            String.join("; ", parsed.value(flags.hsts)),
            parsed.value(flags.requestTimeout),
            parsed.value(flags.priorityAndFairness),
            Duration.ofSeconds(parsed.value(flags.minRequestTimeout)),
            parsed.value(flags.deleteCollectionWorkers));
    SecuritySettings security = new SecurityFlags(flags, parsed, pki, environment).read();
    return new ApiServerSettings(
        storage, environment.clock(), environment.random(), environment.metrics(), external, cluster, security, admission(), limits,
        () -> kubelets.get().with(localKubelets), !parsed.value(flags.endpointReconciler).equals("none"),
        AuditFlags.read(flags, parsed, environment.clock(), environment.metrics()), outbound(), true);
  }

  /** Who this server is for others: its own address, unless another one is given for them. */
  private Optional<Peer> peer() throws IOException {
    if (!FeatureGates.of(parsed.value(flags.featureGates)).enabled("APIServerIdentity", true)) {
      return Optional.empty();
    }
    String ip = parsed.value(flags.peerAdvertiseIp);
    String port = parsed.value(flags.peerAdvertisePort);
    return Optional.of(
        new Peer(
            InetAddress.getLocalHost().getHostName(),
            ip.isEmpty() ? host().getHostAddress() : ip,
            port.isEmpty() ? parsed.value(flags.securePort) : Integer.parseInt(port)));
  }

  private Outbound outbound() {
    InetAddress bound = parsed.value(flags.bindAddress);
    InetAddress self = bound.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : bound;
    return new Outbound(
        Optional.empty(),
        parsed.value(flags.aggregatorRouting),
        InetSocketAddress.createUnresolved(self.getHostAddress(), parsed.value(flags.securePort)),
        this::proxyClient);
  }

  private Optional<KeyAndCertificate> proxyClient() {
    boolean own = !parsed.isSet(flags.proxyClientCert);
    Path certificate = own ? pki.file("front-proxy-client.crt") : Path.of(parsed.value(flags.proxyClientCert));
    Path key = own ? pki.file("front-proxy-client.key") : Path.of(parsed.value(flags.proxyClientKey));
    return Optional.of(new KeyAndCertificate(PemFiles.privateKey(key), PemFiles.certificates(certificate)));
  }

  private AdmissionPlugins.Settings admission() throws IOException {
    String file = parsed.value(flags.admissionConfigFile);
    return new AdmissionPlugins.Settings(
        parsed.value(flags.enableAdmission),
        parsed.value(flags.disableAdmission),
        parsed.value(flags.notReadyToleration),
        parsed.value(flags.unreachableToleration),
        file.isEmpty() ? AdmissionConfiguration.NONE : AdmissionConfiguration.read(Path.of(file)));
  }

  /** The server without its socket, for clients in the same process. Only after {@link #start}. */
  public ApiServer server() {
    return server;
  }

  private ServerOptions serverOptions() {
    ServerOptions options = ServerOptions.on(address());
    int streams = parsed.value(flags.http2MaxStreams);
    return streams > 0 ? options.withMaxStreams(streams) : options;
  }

  private InetSocketAddress address() {
    return new InetSocketAddress(parsed.value(flags.bindAddress), parsed.value(flags.securePort));
  }

  private Storage openStorage() throws IOException {
    String kind = parsed.value(flags.storage);
    if (kind.isEmpty()) {
      kind = parsed.isSet(flags.etcdServers) ? "etcd" : "embedded";
    }
    AtRest atRest = atRest();
    return switch (kind) {
      case "memory" -> new MemoryStorage(environment.clock());
      case "embedded" -> EmbeddedStorage.open(dataDir().resolve("storage"), atRest, environment.clock());
      case "etcd" -> EtcdFlags.open(flags, parsed, atRest, environment);
      default -> throw new FlagException("invalid argument \"" + kind + "\" for \"--storage\" flag: must be embedded, memory or etcd");
    };
  }

  private AtRest atRest() throws IOException {
    String file = parsed.value(flags.encryptionConfig);
    if (file.isEmpty()) {
      if (parsed.value(flags.encryptionReload)) {
        throw new FlagException("--encryption-provider-config-automatic-reload must be set with --encryption-provider-config");
      }
      return AtRest.PLAIN;
    }
    SecureRandom random = new SecureRandom();
    String identity = Peer.ofThisHost().identity();
    KeyServices services = new KeyServices(environment.metrics(), environment.clock(), random, identity);
    EncryptionConfiguration configuration = new EncryptionConfiguration(Path.of(file), random, services);
    encryption = configuration.read(new StoredResources(KubernetesSchemas.resources().onByDefault()));
    if (parsed.value(flags.encryptionReload)) {
      encryptionReload = configuration.reload(encryption, environment.clock());
    }
    return encryption;
  }

  private Path dataDir() {
    return Path.of(parsed.value(flags.dataDir));
  }

  // ---- keys ----------------------------------------------------------------------------------------------------------

  private Tls tls(List<X509Certificate> clientAuthorities) throws IOException {
    Path certificate = Path.of(parsed.value(flags.tlsCertFile));
    Path key = Path.of(parsed.value(flags.tlsKeyFile));
    if (!parsed.isSet(flags.tlsCertFile)) {
      certificate = pki.file("apiserver.crt");
      key = pki.file("apiserver.key");
    }
    List<X509Certificate> chain = PemFiles.certificates(certificate);
    PrivateKey privateKey = PemFiles.privateKey(key);
    List<String> protocols = TlsFlags.protocols(parsed.value(flags.tlsMinVersion));
    ServerKeys keys =
        new ServerKeys(new KeyAndCertificate(privateKey, chain), TlsFlags.named(parsed.value(flags.tlsSniCertKey)));
    return Tls.of(keys, clientAuthorities, protocols, TlsFlags.suites(parsed.value(flags.tlsCipherSuites)));
  }

  private ClusterPki pki() throws IOException {
    String dir = parsed.value(flags.certDir);
    ClusterPki made = new ClusterPki(dir.isEmpty() ? dataDir().resolve("pki") : Path.of(dir), environment.clock());
    List<InetAddress> addresses = new ArrayList<>();
    addresses.add(InetAddress.getLoopbackAddress());
    addresses.add(host());
    made.ensure(ClusterPki.serverNames(InetAddress.getLocalHost().getHostName(), "cluster.local"), addresses);
    return made;
  }

  /** The address that members of the cluster are told. */
  private InetAddress host() throws IOException {
    String advertised = parsed.value(flags.advertiseAddress);
    if (!advertised.isEmpty()) {
      return InetAddress.ofLiteral(advertised);
    }
    InetAddress bound = parsed.value(flags.bindAddress);
    return bound.isAnyLocalAddress() || bound.isLoopbackAddress() ? firstAddress() : bound;
  }

  private static InetAddress firstAddress() throws SocketException {
    return NetworkInterface.networkInterfaces()
        .filter(ApiServerComponent::isUsable)
        .flatMap(NetworkInterface::inetAddresses)
        .filter(address -> address.getAddress().length == 4 && !address.isLoopbackAddress() && !address.isLinkLocalAddress())
        .findFirst()
        .orElse(InetAddress.getLoopbackAddress());
  }

  private static boolean isUsable(NetworkInterface link) {
    try {
      return link.isUp() && !link.isLoopback() && !link.isVirtual();
    } catch (SocketException e) {
      return false;
    }
  }

  @Override
  public void close() {
    if (encryptionReload != null) {
      encryptionReload.cancel();
    }
    if (server != null) {
      server.withdraw();
    }
    if (front != null) {
      front.close();
      front = null;
    }
    if (server != null) {
      server.close();
      server = null;
    }
    if (storage != null) {
      try {
        storage.close();
      } catch (IOException e) {
        LOG.error("Closing the storage failed", e);
      }
      storage = null;
    }
    if (encryption != null) {
      encryption.close();
      encryption = null;
    }
  }
}
