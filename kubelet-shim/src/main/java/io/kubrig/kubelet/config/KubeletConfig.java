package io.kubrig.kubelet.config;

import io.kubrig.machinery.config.ConfigFields;
import io.kubrig.machinery.config.ConfigFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * {@code KubeletConfiguration} of {@code kubelet.config.k8s.io/v1beta1}: the fields that have a meaning here, with the native defaults. Of
 * the others, those that are set are named in {@code ignored}.
 */
record KubeletConfig(
    Server server,
    Certificates certificates,
    Authentication authentication,
    Runtime runtime,
    Pods pods,
    NodeState node,
    List<String> ignored) {
  private static final List<String> WITHOUT_MEANING =
      List.of(
          "httpCheckFrequency", "registryPullQPS", "registryBurst", "imagePullCredentialsVerificationPolicy",
              "preloadedImagesVerificationAllowlist",
          "eventRecordQPS", "eventBurst", "enableDebuggingHandlers", "enableContentionProfiling", "oomScoreAdj",
              "streamingConnectionIdleTimeout",
          "imageMinimumGCAge", "imageMaximumGCAge", "imageGCHighThresholdPercent", "imageGCLowThresholdPercent", "volumeStatsAggPeriod",
              "kubeletCgroups",
          "systemCgroups", "cgroupsPerQOS", "cpuManagerPolicy", "singleProcessOOMKill", "cpuManagerPolicyOptions",
              "cpuManagerReconcilePeriod",
          "memoryManagerPolicy", "topologyManagerPolicy", "topologyManagerScope", "topologyManagerPolicyOptions", "qosReserved",
              "hairpinMode", "podPidsLimit",
          "runOnce", "cpuCFSQuotaPeriod", "maxOpenFiles", "contentType", "evictionHard", "evictionSoft", "evictionSoftGracePeriod",
          "evictionPressureTransitionPeriod", "evictionMaxPodGracePeriod", "evictionMinimumReclaim", "mergeDefaultEvictionSettings",
              "podsPerCore",
          "enableControllerAttachDetach", "protectKernelDefaults", "makeIPTablesUtilChains", "iptablesMasqueradeBit", "iptablesDropBit",
              "featureGates",
          "failSwapOn", "memorySwap", "containerLogMaxWorkers", "configMapAndSecretChangeDetectionStrategy", "reservedSystemCPUs",
          "showHiddenMetricsForVersion", "systemReservedCgroup", "kubeReservedCgroup", "enforceNodeAllocatable", "allowedUnsafeSysctls",
              "volumePluginDir",
          "providerID", "kernelMemcgNotification", "logging", "enableSystemLogHandler", "enableSystemLogQuery", "shutdownGracePeriod",
          "shutdownGracePeriodCriticalPods", "shutdownGracePeriodByPodPriority", "reservedMemory", "enableProfilingHandler",
              "enableDebugFlagsHandler",
          "memoryThrottlingFactor", "memoryReservationPolicy", "localStorageCapacityIsolation", "imageServiceEndpoint", "failCgroupV1",
              "tracing",
          "userNamespaces", "staticPodURL", "staticPodURLHeader", "readOnlyPort", "tlsCipherSuites",
          "tlsMinVersion");

  /** The kubelet's ports. A health port of zero serves none. */
  record Server(boolean enabled, String address, int port, String certFile, String keyFile, String healthAddress, int healthPort) {}

  /**
   * Where certificates come from.
   *
   * @param rotateClient whether the client certificate is renewed
   * @param requestServing whether the serving certificate is asked for at the API server
   */
  record Certificates(boolean rotateClient, boolean requestServing) {}

  /** Who may ask, and how that is found out. */
  record Authentication(
      String clientCaFile, boolean anonymous, boolean tokens, Duration tokenTtl, String authorizationMode, Duration allowedTtl,
          Duration deniedTtl) {}

  /** The container runtime. */
  record Runtime(String endpoint, Duration timeout, String cgroupDriver, String cgroupRoot, boolean serializePulls, int parallelPulls) {}

  /** How pods run. Unit of {@code logMaxSize}: as a quantity, such as {@code 10Mi}. */
  record Pods(
      Path logsDirectory,
      String staticPath,
      Duration fileCheck,
      Duration sync,
      List<String> clusterDns,
      String clusterDomain,
      String resolvConf,
      boolean cpuQuota,
      boolean seccompDefault,
      String logMaxSize,
      int logMaxFiles,
      Duration logCheck,
      Duration longestRestartWait,
      String podCidr) {}

  /** How the node shows itself. */
  record NodeState(
      int maxPods,
      boolean register,
      List<Map<String, String>> taints,
      Map<String, String> systemReserved,
      Map<String, String> kubeReserved,
      int maxImages,
      Duration statusFrequency,
      Duration reportFrequency,
      Duration lease,
      double qps,
      int burst) {}

  /** The native defaults. */
  static KubeletConfig defaults() {
    return parse("defaults", "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n");
  }

  /** @throws io.kubrig.machinery.config.ConfigException when the file cannot be read or holds something unknown */
  static KubeletConfig read(Path file) {
    return of(ConfigFile.read(file, "KubeletConfiguration", List.of("kubelet.config.k8s.io/v1beta1")));
  }

  static KubeletConfig parse(String origin, String text) {
    return of(ConfigFile.parse(origin, text, "KubeletConfiguration", List.of("kubelet.config.k8s.io/v1beta1")));
  }

  private static KubeletConfig of(ConfigFile file) {
    ConfigFields fields = file.fields();
    KubeletConfig config = new KubeletConfig(server(fields), certificates(fields), authentication(fields), runtime(fields),
        pods(fields), node(fields), ignored(fields));
    fields.finish();
    return config;
  }

  private static List<String> ignored(ConfigFields fields) {
    List<String> set = new ArrayList<>();
    for (String name : WITHOUT_MEANING) {
      if (fields.ignore(name)) {
        set.add(name);
      }
    }
    return set;
  }

  private static Server server(ConfigFields fields) {
    return new Server(
        fields.bool("enableServer", true),
        fields.text("address", "0.0.0.0"),
        fields.integer("port", 10250),
        fields.text("tlsCertFile", ""),
        fields.text("tlsPrivateKeyFile", ""),
        fields.text("healthzBindAddress", "127.0.0.1"),
        fields.integer("healthzPort", 10248));
  }

  private static Certificates certificates(ConfigFields fields) {
    return new Certificates(fields.bool("rotateCertificates", false), fields.bool("serverTLSBootstrap", false));
  }

  private static Authentication authentication(ConfigFields fields) {
    ConfigFields authentication = fields.fields("authentication");
    ConfigFields webhook = authentication.fields("webhook");
    ConfigFields authorization = fields.fields("authorization");
    ConfigFields decisions = authorization.fields("webhook");
    return new Authentication(
        authentication.fields("x509").text("clientCAFile", ""),
        authentication.fields("anonymous").bool("enabled", false),
        webhook.bool("enabled", true),
        duration(webhook, "cacheTTL", Duration.ofMinutes(2)),
        authorization.text("mode", "Webhook"),
        duration(decisions, "cacheAuthorizedTTL", Duration.ofMinutes(5)),
        duration(decisions, "cacheUnauthorizedTTL", Duration.ofSeconds(30)));
  }

  private static Runtime runtime(ConfigFields fields) {
    boolean serialize = fields.bool("serializeImagePulls", true);
    return new Runtime(
        fields.text("containerRuntimeEndpoint", "unix:///run/containerd/containerd.sock"),
        duration(fields, "runtimeRequestTimeout", Duration.ofMinutes(2)),
        fields.text("cgroupDriver", "cgroupfs"),
        fields.text("cgroupRoot", ""),
        serialize,
        fields.integer("maxParallelImagePulls", serialize ? 1 : Integer.MAX_VALUE));
  }

  private static Pods pods(ConfigFields fields) {
    return new Pods(
        Path.of(fields.text("podLogsDir", "/var/log/pods")),
        fields.text("staticPodPath", ""),
        duration(fields, "fileCheckFrequency", Duration.ofSeconds(20)),
        duration(fields, "syncFrequency", Duration.ofMinutes(1)),
        fields.texts("clusterDNS", List.of()),
        fields.text("clusterDomain", ""),
        fields.text("resolvConf", "/etc/resolv.conf"),
        fields.bool("cpuCFSQuota", true),
        fields.bool("seccompDefault", false),
        fields.text("containerLogMaxSize", "10Mi"),
        fields.integer("containerLogMaxFiles", 5),
        duration(fields, "containerLogMonitorInterval", Duration.ofSeconds(10)),
        duration(fields.fields("crashLoopBackOff"), "maxContainerRestartPeriod", Duration.ofMinutes(5)),
        fields.text("podCIDR", ""));
  }

  private static NodeState node(ConfigFields fields) {
    List<Map<String, String>> taints = new ArrayList<>();
    for (ConfigFields taint : fields.list("registerWithTaints")) {
      taints.add(Map.of("key", taint.text("key", ""), "value", taint.text("value", ""), "effect", taint.text("effect", "")));
    }
    return new NodeState(
        fields.integer("maxPods", 110),
        fields.bool("registerNode", true),
        taints,
        fields.textMap("systemReserved", Map.of()),
        fields.textMap("kubeReserved", Map.of()),
        fields.integer("nodeStatusMaxImages", 50),
        duration(fields, "nodeStatusUpdateFrequency", Duration.ofSeconds(10)),
        duration(fields, "nodeStatusReportFrequency", Duration.ofMinutes(5)),
        Duration.ofSeconds(fields.integer("nodeLeaseDurationSeconds", 40)),
        fields.decimal("kubeAPIQPS", 50),
        fields.integer("kubeAPIBurst", 100));
  }

  /** A duration; zero, which kubeadm writes for what nobody set, is as good as none. */
  private static Duration duration(ConfigFields fields, String name, Duration absent) {
    Duration set = fields.duration(name, absent);
    return set.isZero() ? absent : set;
  }
}
