package io.kubrig.machinery.health;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.component.ClientSettings;
import io.kubrig.machinery.component.Environment;
import io.kubrig.machinery.component.StartException;
import io.kubrig.machinery.flags.Flag;
import io.kubrig.machinery.flags.FlagSection;
import io.kubrig.machinery.flags.FlagSet;
import io.kubrig.machinery.flags.FlagTypes;
import io.kubrig.machinery.flags.ParsedFlags;
import io.kubrig.machinery.pki.CertificateAuthority;
import io.kubrig.machinery.pki.KeyAndCertificate;
import io.kubrig.machinery.pki.PemFiles;
import io.kubrig.machinery.pki.PkiException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The native flags of a component's secure port with delegated authentication and authorization, as kube-scheduler and
 * kube-controller-manager have them, and the server they ask for.
 */
public final class ServingFlags {
  private static final List<String> HEALTH_PATHS = List.of("/healthz", "/readyz", "/livez");

  private final String component;
  private final Flag<InetAddress> bindAddress;
  private final Flag<Integer> securePort;
  private final Flag<String> certFile;
  private final Flag<String> keyFile;
  private final Flag<String> authenticationKubeconfig;
  private final Flag<String> authorizationKubeconfig;
  private final Flag<String> clientCaFile;
  private final Flag<List<String>> alwaysAllowed;
  private final Flag<Duration> keep;

  /** Declares the flags in the sections {@code secure serving}, {@code authentication} and {@code authorization}. */
  public ServingFlags(FlagSet flags, int defaultPort) {
    component = flags.command();
    FlagSection serving = flags.section("secure serving");
    bindAddress = serving.ip("bind-address", "0.0.0.0", "The IP address on which to listen for the --secure-port port.");
    securePort = serving.integer("secure-port", defaultPort, "The port on which to serve HTTPS. If 0, don't serve HTTPS at all.");
    certFile = serving.string("tls-cert-file", "", "File containing the x509 serving certificate; without it one is made in memory.");
    keyFile = serving.string("tls-private-key-file", "", "File containing the private key of --tls-cert-file.");
    serving.inert("cert-dir", FlagTypes.STRING, "", "a certificate made for want of --tls-cert-file stays in memory");
    serving.inert("disable-http2-serving", FlagTypes.BOOL, false, "the status port speaks HTTP/1.1 only");
    serving.inert("http2-max-streams-per-connection", FlagTypes.INT, 0, "the status port speaks HTTP/1.1 only");
    String oneSocket = "the port is bound once";
    serving.inert("permit-address-sharing", FlagTypes.BOOL, false, oneSocket);
    serving.inert("permit-port-sharing", FlagTypes.BOOL, false, oneSocket);
    String javaTls = "TLS follows the settings of the Java platform (TLS 1.2 and 1.3)";
    serving.inert("tls-cipher-suites", FlagTypes.STRINGS, List.of(), javaTls);
    serving.inert("tls-curve-preferences", FlagTypes.INT32_SLICE, List.of(), javaTls);
    serving.inert("tls-min-version", FlagTypes.STRING, "", javaTls);
    serving.inert("tls-sni-cert-key", FlagTypes.text("namedCertKey"), "[]", "the status port has one certificate");
    FlagSection authentication = flags.section("authentication");
    authenticationKubeconfig =
        authentication.string("authentication-kubeconfig", "",
            "kubeconfig file of the server that reviews tokens (tokenreviews.authentication.k8s.io).");
    clientCaFile = authentication.string("client-ca-file", "", "File with the authorities that vouch for client certificates.");
    String noLookup = "the cluster's authentication configuration is not looked up; --client-ca-file names the authorities";
    authentication.inert("authentication-skip-lookup", FlagTypes.BOOL, false, noLookup);
    authentication.inert("authentication-tolerate-lookup-failure", FlagTypes.BOOL, flags.command().equals("kube-scheduler"), noLookup);
    authentication.inert("authentication-token-webhook-cache-ttl", FlagTypes.DURATION, Duration.ofSeconds(10),
        "answers are kept as long as --authorization-webhook-cache-authorized-ttl says");
    String noProxy = "the status port trusts no authenticating proxy";
    authentication.inert("requestheader-allowed-names", FlagTypes.STRINGS, List.of(), noProxy);
    authentication.inert("requestheader-client-ca-file", FlagTypes.STRING, "", noProxy);
    authentication.inert("requestheader-extra-headers-prefix", FlagTypes.STRINGS, List.of("x-remote-extra-"), noProxy);
    authentication.inert("requestheader-group-headers", FlagTypes.STRINGS, List.of("x-remote-group"), noProxy);
    authentication.inert("requestheader-uid-headers", FlagTypes.STRINGS, List.of(), noProxy);
    authentication.inert("requestheader-username-headers", FlagTypes.STRINGS, List.of("x-remote-user"), noProxy);
    FlagSection authorization = flags.section("authorization");
    authorizationKubeconfig =
        authorization.string(
            "authorization-kubeconfig", "",
                "kubeconfig file of the server that reviews permissions (subjectaccessreviews.authorization.k8s.io).");
    alwaysAllowed =
        authorization.strings("authorization-always-allow-paths", HEALTH_PATHS, "Paths that need no permission.");
    keep =
        authorization.duration(
            "authorization-webhook-cache-authorized-ttl", Duration.ofSeconds(10), "How long to keep answers of the reviewing server.");
    authorization.inert("authorization-webhook-cache-unauthorized-ttl", FlagTypes.DURATION, Duration.ofSeconds(10),
        "refusals are not kept");
  }

  /**
   * The server the flags ask for; empty when the port is 0.
   *
   * @throws StartException when a named file cannot be used
   */
  public Optional<StatusServer> server(ParsedFlags flags, Environment environment) {
    int port = flags.value(securePort);
    if (port == 0) {
      return Optional.empty();
    }
    try {
      InetSocketAddress address = new InetSocketAddress(flags.value(bindAddress), port);
      return Optional.of(new StatusServer(address, identity(flags, environment.clock()), access(flags, environment)));
    } catch (PkiException e) {
      throw new StartException(e.getMessage(), e);
    }
  }

  private KeyAndCertificate identity(ParsedFlags flags, Clock clock) {
    String certificate = flags.value(certFile);
    if (certificate.isEmpty()) {
      InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
      return CertificateAuthority.selfSignedServer("localhost", List.of("localhost"), List.of(loopback), clock);
    }
    return new KeyAndCertificate(PemFiles.privateKey(Path.of(flags.value(keyFile))), PemFiles.certificates(Path.of(certificate)));
  }

  private Access access(ParsedFlags flags, Environment environment) {
    String kubeconfig = flags.value(authenticationKubeconfig);
    String other = flags.value(authorizationKubeconfig);
    String file = kubeconfig.isEmpty() ? other : kubeconfig;
    KubernetesClient client = environment.embedded() || !file.isEmpty() ? environment.clients().open(ClientSettings.of(component, file))
        : null;
    String ca = flags.value(clientCaFile);
    List<X509Certificate> authorities = ca.isEmpty() ? List.of() : PemFiles.certificates(Path.of(ca));
    return new DelegatedAccess(client, authorities, flags.value(alwaysAllowed), flags.value(keep), environment.clock());
  }
}
