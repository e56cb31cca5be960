package io.kubrig.apiserver.server;

import io.kubrig.machinery.flags.Flag;
import io.kubrig.machinery.flags.FlagSection;
import io.kubrig.machinery.flags.FlagSet;
import io.kubrig.machinery.flags.FlagTypes;
import io.kubrig.machinery.flags.PortRange;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The flags of kube-apiserver 1.36, and {@code --storage} and {@code --data-dir} of our own. A flag that has no meaning here is declared
 * with the reason. (Source: kube-apiserver --help.)
 */
final class ApiServerFlags {
  private static final String GO = "this server runs on the JVM";
  private static final String LATER = "not built yet; see docs/apiserver.md";

  private final FlagSet set = new FlagSet("kube-apiserver", "The Kubernetes API server validates and configures data for the api objects.");

  // ---- storage -------------------------------------------------------------------------------------------------------

  private final FlagSection storageSection = set.section("storage");
  final Flag<String> storage =
      storageSection.string("storage", "", "Where objects are kept: embedded (in --data-dir), memory, or etcd (see --etcd-servers).");
  final Flag<String> dataDir =
      storageSection.string("data-dir", "/var/lib/kubrig",
          "Directory of the embedded storage, and of keys and certificates that no flag names.");

  private final FlagSection etcd = set.section("etcd");
  final Flag<List<String>> etcdServers =
      etcd.strings("etcd-servers", List.of(), "List of etcd servers to connect with (scheme://ip:port).");
  final Flag<String> etcdPrefix = etcd.string("etcd-prefix", "/registry", "The prefix to prepend to all resource paths in etcd.");
  final Flag<String> etcdCaFile = etcd.string("etcd-cafile", "", "SSL Certificate Authority file used to secure etcd communication.");
  final Flag<String> etcdCertFile = etcd.string("etcd-certfile", "", "SSL certification file used to secure etcd communication.");
  final Flag<String> etcdKeyFile = etcd.string("etcd-keyfile", "", "SSL key file used to secure etcd communication.");
  final Flag<Duration> compactionInterval =
      etcd.duration("etcd-compaction-interval", Duration.ofMinutes(5),
          "The interval of compaction requests. If 0, the compaction request is disabled.");
  final Flag<Duration> etcdHealthTimeout =
      etcd.duration("etcd-healthcheck-timeout", Duration.ofSeconds(2), "The timeout to use when checking etcd health.");
  final Flag<Integer> leaseReuse =
      etcd.integer("lease-reuse-duration-seconds", 60,
          "The time in seconds that each lease is reused. A lower value could avoid large numbers of objects on one lease.");
  final Flag<String> storageBackend =
      etcd.string("storage-backend", "", "The storage backend for persistence: etcd3 (default), which --storage etcd means.");
  final Flag<String> storageMediaType =
      etcd.string(
          "storage-media-type", "application/vnd.kubernetes.protobuf",
              "The media type to use to store objects in etcd: application/json, application/yaml or application/vnd.kubernetes.protobuf.");
  final Flag<String> encryptionConfig =
      etcd.string("encryption-provider-config", "",
          "The file containing configuration for encryption providers to be used for storing secrets.");
  final Flag<Boolean> encryptionReload =
      etcd.bool(
          "encryption-provider-config-automatic-reload", false,
              "Determines if the file set by --encryption-provider-config should be automatically reloaded if the disk contents change.");

  final Flag<Integer> deleteCollectionWorkers =
      etcd.integer("delete-collection-workers", 1,
          "Number of workers spawned for DeleteCollection call. These are used to speed up namespace cleanup.");

  {
    etcd.inert("enable-garbage-collector", FlagTypes.BOOL, true, "the garbage collector runs in the controller manager");
    etcd.inert("etcd-count-metric-poll-period", FlagTypes.DURATION, Duration.ofMinutes(1), "objects are counted when metrics are read");
    etcd.inert("etcd-db-metric-poll-interval", FlagTypes.DURATION, Duration.ofSeconds(30), "sizes are read when metrics are read");
    etcd.inert("etcd-readycheck-timeout", FlagTypes.DURATION, Duration.ofSeconds(2),
        "readiness asks what health asks, see --etcd-healthcheck-timeout");
    etcd.inert("etcd-servers-overrides", FlagTypes.STRINGS, List.of(), LATER);
    etcd.inert("watch-cache", FlagTypes.BOOL, true, "all reads are served from memory");
    etcd.inert("watch-cache-sizes", FlagTypes.STRINGS, List.of(), "history is bounded by bytes and age for all resources together");
  }

  // ---- serving -------------------------------------------------------------------------------------------------------

  private final FlagSection serving = set.section("secure serving");
  final Flag<InetAddress> bindAddress =
      serving.ip("bind-address", "0.0.0.0", "The IP address on which to listen for the --secure-port port.");
  final Flag<Integer> securePort =
      serving.integer("secure-port", 6443,
          "The port on which to serve HTTPS with authentication and authorization. It cannot be switched off with 0.");
  final Flag<String> certDir =
      serving.string("cert-dir", "", "The directory where the TLS certs are located; by default pki below --data-dir.");
  final Flag<String> tlsCertFile = serving.string("tls-cert-file", "", "File containing the default x509 Certificate for HTTPS.");
  final Flag<String> tlsKeyFile =
      serving.string("tls-private-key-file", "", "File containing the default x509 private key matching --tls-cert-file.");
  final Flag<List<String>> tlsCipherSuites =
      serving.strings("tls-cipher-suites", List.of(), "Comma-separated list of cipher suites for the server.");
  final Flag<List<String>> tlsSniCertKey =
      serving.flag("tls-sni-cert-key", FlagTypes.STRING_ARRAY, List.of(),
          "Certificate and key for clients that mean some names: certFile,keyFile[:pattern,pattern], by default those in the certificate.");
  final Flag<String> tlsMinVersion = serving.string("tls-min-version", "", "Minimum TLS version supported: VersionTLS12 or VersionTLS13.");
  final Flag<Integer> http2MaxStreams =
      serving.integer("http2-max-streams-per-connection", 0,
          "The limit that the server gives to clients for the maximum number of streams in an HTTP/2 connection.");

  {
    serving.inert("disable-http2-serving", FlagTypes.BOOL, false, LATER);
    serving.inert("permit-address-sharing", FlagTypes.BOOL, false, "SO_REUSEADDR is always set");
    serving.inert("permit-port-sharing", FlagTypes.BOOL, false, LATER);
    serving.inert("tls-curve-preferences", FlagTypes.INT32_SLICE, List.of(), GO);
  }

  private final FlagSection generic = set.section("generic");
  final Flag<String> advertiseAddress =
      generic.string("advertise-address", "", "The IP address on which to advertise the apiserver to members of the cluster.");
  final Flag<Map<String, List<String>>> featureGates =
      generic.flag("feature-gates", FlagTypes.MULTIMAP, Map.of(), "A set of key=value pairs that describe feature gates.");
  final Flag<Integer> maxMutatingInFlight =
      generic.integer("max-mutating-requests-inflight", 200, "The maximum number of mutating requests in flight at a given time.");
  final Flag<Integer> maxInFlight =
      generic.integer("max-requests-inflight", 400, "The maximum number of non-mutating requests in flight at a given time.");
  final Flag<Integer> minRequestTimeout =
      generic.integer("min-request-timeout", 1800, "The minimum number of seconds a watch must keep open before timing it out.");
  final Flag<Duration> requestTimeout =
      generic.duration("request-timeout", Duration.ofMinutes(1), "The duration a handler must keep a request open before timing it out.");
  final Flag<List<String>> corsAllowedOrigins =
      generic.strings("cors-allowed-origins", List.of(), "List of allowed origins for CORS, comma separated.");
  final Flag<List<String>> hsts =
      generic.strings("strict-transport-security-directives", List.of(), "List of directives for HSTS, comma separated.");

  {
    generic.inert("emulated-version", FlagTypes.STRINGS, List.of(), "this server is one version");
    generic.inert("emulation-forward-compatible", FlagTypes.BOOL, false, "this server is one version");
    generic.inert("min-compatibility-version", FlagTypes.STRINGS, List.of(), "this server is one version");
    generic.inert("runtime-config-emulation-forward-compatible", FlagTypes.BOOL, false, "this server is one version");
    generic.inert("external-hostname", FlagTypes.STRING, "", LATER);
    generic.inert("goaway-chance", FlagTypes.FLOAT, 0.0, LATER);
    generic.inert("livez-grace-period", FlagTypes.DURATION, Duration.ZERO, "the server is live when it listens");
    generic.inert("send-retry-after-while-not-ready-once", FlagTypes.BOOL, false, "the server listens when it is ready");
    generic.inert("shutdown-delay-duration", FlagTypes.DURATION, Duration.ZERO, LATER);
    generic.inert("shutdown-send-retry-after", FlagTypes.BOOL, false, LATER);
    generic.inert("shutdown-watch-termination-grace-period", FlagTypes.DURATION, Duration.ZERO, LATER);
    generic.inert("storage-initialization-timeout", FlagTypes.DURATION, Duration.ofMinutes(1),
        "the storage is open before the server listens");
  }

  // ---- authentication and authorization ------------------------------------------------------------------------------

  private final FlagSection authn = set.section("authentication");
  final Flag<Boolean> anonymousAuth =
      authn.bool("anonymous-auth", true, "Enables anonymous requests to the secure port of the API server.");
  final Flag<List<String>> apiAudiences = authn.strings("api-audiences", List.of(), "Identifiers of the API.");
  final Flag<String> clientCaFile =
      authn.string("client-ca-file", "",
          "Any request presenting a client certificate signed by one of the authorities in this file is authenticated.");
  final Flag<Boolean> bootstrapTokens =
      authn.bool("enable-bootstrap-token-auth", false,
          "Enable to allow secrets of type 'bootstrap.kubernetes.io/token' to be used for TLS bootstrapping.");
  final Flag<String> tokenAuthFile =
      authn.string("token-auth-file", "", "File that will be used to secure the secure port via token authentication.");
  final Flag<List<String>> requestHeaderNames =
      authn.strings("requestheader-allowed-names", List.of(),
          "List of client certificate common names that may provide usernames in headers.");
  final Flag<String> requestHeaderCa =
      authn.string("requestheader-client-ca-file", "",
          "Root certificate bundle to verify client certificates before trusting usernames in headers.");
  final Flag<List<String>> requestHeaderExtra =
      authn.strings("requestheader-extra-headers-prefix", List.of(),
          "List of request header prefixes to inspect. X-Remote-Extra- is suggested.");
  final Flag<List<String>> requestHeaderGroup =
      authn.strings("requestheader-group-headers", List.of(),
          "List of request headers to inspect for groups. X-Remote-Group is suggested.");
  final Flag<List<String>> requestHeaderUid =
      authn.strings("requestheader-uid-headers", List.of(), "List of request headers to inspect for UIDs. X-Remote-Uid is suggested.");
  final Flag<List<String>> requestHeaderUser =
      authn.strings("requestheader-username-headers", List.of(),
          "List of request headers to inspect for usernames. X-Remote-User is common.");
  final Flag<List<String>> issuers =
      authn.flag("service-account-issuer", FlagTypes.STRING_ARRAY, List.of(), "Identifier of the service account token issuer.");
  final Flag<List<String>> serviceAccountKeys =
      authn.flag("service-account-key-file", FlagTypes.STRING_ARRAY, List.of(),
          "File containing PEM-encoded keys used to verify ServiceAccount tokens.");
  final Flag<Duration> maxTokenExpiration =
      authn.duration("service-account-max-token-expiration", Duration.ZERO,
          "The maximum validity duration of a token created by the token issuer.");
  final Flag<Boolean> extendTokenExpiration =
      authn.bool("service-account-extend-token-expiration", true,
          "Turns on projected service account expiration extension during token generation.");
  final Flag<String> serviceAccountSigningKey =
      set.section("misc").string("service-account-signing-key-file", "",
          "Path to the file that contains the private key of the token issuer.");

  final Flag<String> authenticationConfig =
      authn.string("authentication-config", "",
          "File with Authentication Configuration to configure the JWT Token authenticator or the anonymous authenticator.");
  final Flag<Duration> tokenWebhookCacheTtl =
      authn.duration("authentication-token-webhook-cache-ttl", Duration.ofMinutes(2),
          "The duration to cache responses from the webhook token authenticator.");
  final Flag<String> tokenWebhookConfig =
      authn.string("authentication-token-webhook-config-file", "",
          "File with webhook configuration for token authentication in kubeconfig format.");
  final Flag<String> tokenWebhookVersion =
      authn.string("authentication-token-webhook-version", "v1beta1",
          "The API version of the authentication.k8s.io TokenReview to send to and expect from the webhook.");
  final Flag<String> oidcCaFile =
      authn.string("oidc-ca-file", "",
          "If set, the OpenID server's certificate will be verified by one of the authorities in the file, otherwise the host's.");
  final Flag<String> oidcClientId =
      authn.string("oidc-client-id", "", "The client ID for the OpenID Connect client, must be set if oidc-issuer-url is set.");
  final Flag<String> oidcGroupsClaim =
      authn.string("oidc-groups-claim", "",
          "The name of a custom OpenID Connect claim for specifying user groups, a string or array of strings.");
  final Flag<String> oidcGroupsPrefix =
      authn.string("oidc-groups-prefix", "",
          "If provided, all groups will be prefixed with this value to prevent conflicts with other authentication strategies.");
  final Flag<String> oidcIssuerUrl =
      authn.string("oidc-issuer-url", "", "The URL of the OpenID issuer, only HTTPS scheme will be accepted.");
  final Flag<Map<String, String>> oidcRequiredClaim =
      authn.flag("oidc-required-claim", FlagTypes.STRING_MAP, Map.of(),
          "A key=value pair that describes a required claim in the ID Token.");
  final Flag<List<String>> oidcSigningAlgs =
      authn.strings("oidc-signing-algs", List.of("RS256"), "Comma-separated list of allowed JOSE asymmetric signing algorithms.");
  final Flag<String> oidcUsernameClaim = authn.string("oidc-username-claim", "sub", "The OpenID claim to use as the user name.");
  final Flag<String> oidcUsernamePrefix =
      authn.string("oidc-username-prefix", "", "If provided, all usernames will be prefixed with this value; '-' disables all prefixing.");

  private final FlagSection authz = set.section("authorization");
  final Flag<List<String>> authorizationMode =
      authz.strings("authorization-mode", List.of(),
          "Ordered list of plug-ins to do authorization on secure port: AlwaysAllow, AlwaysDeny, ABAC, Webhook, Node, RBAC.");
  final Flag<String> authorizationConfig =
      authz.string("authorization-config", "",
          "File with Authorization Configuration to configure the authorizer chain. It replaces --authorization-mode.");
  final Flag<String> authorizationPolicyFile =
      authz.string("authorization-policy-file", "",
          "File with authorization policy in json line by line format, used with --authorization-mode=ABAC.");
  final Flag<Duration> authorizationWebhookAuthorizedTtl =
      authz.duration("authorization-webhook-cache-authorized-ttl", Duration.ofMinutes(5),
          "The duration to cache 'authorized' responses from the webhook authorizer.");
  final Flag<Duration> authorizationWebhookUnauthorizedTtl =
      authz.duration("authorization-webhook-cache-unauthorized-ttl", Duration.ofSeconds(30),
          "The duration to cache 'unauthorized' responses from the webhook authorizer.");
  final Flag<String> authorizationWebhookConfig =
      authz.string("authorization-webhook-config-file", "",
          "File with webhook configuration in kubeconfig format, used with --authorization-mode=Webhook.");
  final Flag<String> authorizationWebhookVersion =
      authz.string("authorization-webhook-version", "v1beta1",
          "The API version of the authorization.k8s.io SubjectAccessReview to send to and expect from the webhook.");

  // ---- admission, API, everything else -------------------------------------------------------------------------------

  private final FlagSection admission = set.section("admission");
  final Flag<List<String>> enableAdmission =
      admission.strings("enable-admission-plugins", List.of(),
          "Admission plugins that should be enabled in addition to default enabled ones.");
  final Flag<List<String>> disableAdmission =
      admission.strings("disable-admission-plugins", List.of(),
          "Admission plugins that should be disabled although they are enabled by default.");
  final Flag<String> admissionConfigFile =
      admission.string("admission-control-config-file", "", "File with admission control configuration.");
  final Flag<Integer> notReadyToleration =
      admission.integer("default-not-ready-toleration-seconds", 300,
          "The tolerationSeconds of the toleration for notReady:NoExecute that is added by default.");
  final Flag<Integer> unreachableToleration =
      admission.integer(
          "default-unreachable-toleration-seconds", 300,
              "The tolerationSeconds of the toleration for unreachable:NoExecute that is added by default.");

  {
    admission.inert("admission-control", FlagTypes.STRINGS, List.of(), "deprecated natively: use --enable-admission-plugins");
  }

  final Flag<Map<String, String>> runtimeConfig =
      set.section("API enablement").stringMap("runtime-config", "A set of key=value pairs that enable or disable built-in APIs.");

  private final FlagSection misc = set.section("misc");
  final Flag<Boolean> allowPrivileged = misc.bool("allow-privileged", false, "If true, allow privileged containers.");
  final Flag<Duration> eventTtl = misc.duration("event-ttl", Duration.ofHours(1), "Amount of time to retain events.");
  final Flag<String> serviceRange =
      misc.string("service-cluster-ip-range", "10.0.0.0/24",
          "A CIDR notation IP range from which to assign service cluster IPs; two for dual stack.");
  final Flag<PortRange> nodePorts =
      misc.flag("service-node-port-range", FlagTypes.PORT_RANGE, PortRange.parse("30000-32767"),
          "A port range to reserve for services with NodePort visibility.");
  final Flag<String> kubeletCa =
      misc.string("kubelet-certificate-authority", "", "Path to a cert file for the certificate authority of kubelets.");
  final Flag<String> kubeletCert = misc.string("kubelet-client-certificate", "", "Path to a client cert file for TLS towards kubelets.");
  final Flag<String> kubeletKey = misc.string("kubelet-client-key", "", "Path to a client key file for TLS towards kubelets.");
  final Flag<List<String>> kubeletAddressTypes =
      misc.strings(
          "kubelet-preferred-address-types",
          List.of("Hostname", "InternalDNS", "InternalIP", "ExternalDNS", "ExternalIP"),
          "List of the preferred NodeAddressTypes to use for kubelet connections.");
  final Flag<Duration> kubeletTimeout = misc.duration("kubelet-timeout", Duration.ofSeconds(5), "Timeout for kubelet operations.");
  final Flag<String> endpointReconciler =
      misc.string("endpoint-reconciler-type", "lease", "Use an endpoint reconciler (lease, none).");
  final Flag<String> peerAdvertiseIp =
      misc.string("peer-advertise-ip", "",
          "The IP under which other API servers of the cluster reach this one; --advertise-address if it is not set.");
  final Flag<String> peerAdvertisePort =
      misc.string("peer-advertise-port", "",
          "The port under which other API servers of the cluster reach this one; --secure-port if it is not set.");
  final Flag<String> proxyClientCert =
      misc.string("proxy-client-cert-file", "", "Client certificate used to prove the identity of the aggregator.");
  final Flag<Boolean> aggregatorRouting =
      misc.bool("enable-aggregator-routing", false, "Turns on aggregator routing requests to endpoints IP rather than cluster IP.");
  final Flag<String> proxyClientKey = misc.string("proxy-client-key-file", "", "Private key of the client certificate of the aggregator.");

  {
    authn.inert("service-account-jwks-uri", FlagTypes.STRING, "", LATER);
    authn.inert("service-account-lookup", FlagTypes.BOOL, true, "tokens of what is deleted are always refused");
    misc.inert("aggregator-reject-forwarding-redirect", FlagTypes.BOOL, true, "redirects of backends are never followed");
    misc.inert("coordinated-leadership-lease-duration", FlagTypes.DURATION, Duration.ofSeconds(15), "the feature is off by default");
    misc.inert("coordinated-leadership-renew-deadline", FlagTypes.DURATION, Duration.ofSeconds(10), "the feature is off by default");
    misc.inert("coordinated-leadership-retry-period", FlagTypes.DURATION, Duration.ofSeconds(2), "the feature is off by default");
    misc.inert("enable-logs-handler", FlagTypes.BOOL, false, "deprecated natively");
    misc.inert("kubernetes-service-node-port", FlagTypes.INT, 0, LATER);
    misc.inert("max-connection-bytes-per-sec", FlagTypes.INT, 0, LATER);
    misc.inert("peer-ca-file", FlagTypes.STRING, "", LATER);
    misc.inert("service-account-signing-endpoint", FlagTypes.STRING, "", LATER);
    misc.inert("egress-selector-config-file", FlagTypes.STRING, "", LATER);
    misc.inert("tracing-config-file", FlagTypes.STRING, "", LATER);
    auditing();
    FlagSection features = set.section("features");
    features.inert("contention-profiling", FlagTypes.BOOL, false, GO);
    features.inert("debug-socket-path", FlagTypes.STRING, "", GO);
    features.inert("profiling", FlagTypes.BOOL, true, GO);
  }

  final Flag<Boolean> priorityAndFairness =
      set.section("features").bool("enable-priority-and-fairness", true,
          "If true, replace the max-in-flight handler with an enhanced one.");

  private final FlagSection audits = set.section("auditing");
  final Flag<String> auditLogPath =
      audits.string("audit-log-path", "",
          "If set, all requests coming to the apiserver will be logged to this file. '-' means standard out.");
  final Flag<String> auditPolicyFile =
      audits.string("audit-policy-file", "", "Path to the file that defines the audit policy configuration.");
  final Flag<String> auditLogFormat =
      audits.string("audit-log-format", "json", "Format of saved audits: legacy (one line of text) or json.");
  final Flag<Integer> auditLogMaxAge =
      audits.integer("audit-log-maxage", 366,
          "The maximum number of days to retain old audit log files based on the timestamp in their filename.");
  final Flag<Integer> auditLogMaxBackup =
      audits.integer("audit-log-maxbackup", 100, "The maximum number of old audit log files to retain. 0 means no limit.");
  final Flag<Integer> auditLogMaxSize =
      audits.integer("audit-log-maxsize", 100, "The maximum size in megabytes of the audit log file before it gets rotated.");

  final Flag<Boolean> auditLogTruncate = audits.bool("audit-log-truncate-enabled", false, "Whether event truncating is enabled.");
  final Flag<Integer> auditLogMaxEvent =
      audits.integer("audit-log-truncate-max-event-size", 102400, "Maximum size of the audit event sent to the underlying backend.");
  final Flag<String> auditWebhookConfig =
      audits.string("audit-webhook-config-file", "", "Path to a kubeconfig formatted file that defines the audit webhook configuration.");
  final Flag<String> auditWebhookMode =
      audits.string("audit-webhook-mode", "batch",
          "Strategy for sending audit events: batch (asynchronously) or blocking (before the response).");
  final Flag<Duration> auditWebhookBackoff =
      audits.duration("audit-webhook-initial-backoff", Duration.ofSeconds(10),
          "The amount of time to wait before retrying the first failed request.");
  final Flag<Integer> auditWebhookBuffer =
      audits.integer("audit-webhook-batch-buffer-size", 10000,
          "The size of the buffer to store events before batching and writing. Only used in batch mode.");
  final Flag<Integer> auditWebhookBatch =
      audits.integer("audit-webhook-batch-max-size", 400, "The maximum size of a batch. Only used in batch mode.");
  final Flag<Duration> auditWebhookWait =
      audits.duration("audit-webhook-batch-max-wait", Duration.ofSeconds(30),
          "The time to wait before force writing the batch. Only used in batch mode.");
  final Flag<Boolean> auditWebhookThrottle =
      audits.bool("audit-webhook-batch-throttle-enable", true, "Whether batching throttling is enabled. Only used in batch mode.");
  final Flag<Integer> auditWebhookBurst =
      audits.integer("audit-webhook-batch-throttle-burst", 15,
          "Maximum number of requests sent at the same moment if QPS was not used before.");
  final Flag<Double> auditWebhookQps =
      audits.flag("audit-webhook-batch-throttle-qps", FlagTypes.FLOAT32, 10.0,
          "Maximum average number of batches per second. Only used in batch mode.");
  final Flag<Boolean> auditWebhookTruncate = audits.bool("audit-webhook-truncate-enabled", false, "Whether event truncating is enabled.");
  final Flag<Integer> auditWebhookMaxEvent =
      audits.integer("audit-webhook-truncate-max-event-size", 102400, "Maximum size of the audit event sent to the underlying backend.");

  private void auditing() {
    FlagSection audit = set.section("auditing");
    String queued = "one thread writes the log; requests wait for it only when very many events are queued";
    audit.inert("audit-log-mode", FlagTypes.STRING, "blocking", queued);
    audit.inert("audit-log-batch-buffer-size", FlagTypes.INT, 10000, queued);
    audit.inert("audit-log-batch-max-size", FlagTypes.INT, 1, queued);
    audit.inert("audit-log-batch-max-wait", FlagTypes.DURATION, Duration.ZERO, queued);
    audit.inert("audit-log-batch-throttle-burst", FlagTypes.INT, 0, queued);
    audit.inert("audit-log-batch-throttle-enable", FlagTypes.BOOL, false, queued);
    audit.inert("audit-log-batch-throttle-qps", FlagTypes.FLOAT32, 0.0, queued);
    audit.inert("audit-log-compress", FlagTypes.BOOL, false, LATER);
    audit.inert("audit-log-truncate-max-batch-size", FlagTypes.INT, 10485760, "events are cut one by one, before they are put together");
    audit.inert("audit-webhook-truncate-max-batch-size", FlagTypes.INT, 10485760,
        "events are cut one by one, before they are put together");
    audit.inert("audit-log-version", FlagTypes.STRING, "audit.k8s.io/v1", "there is only this version");
    audit.inert("audit-webhook-version", FlagTypes.STRING, "audit.k8s.io/v1", "there is only this version");
  }

  FlagSet set() {
    return set;
  }
}
