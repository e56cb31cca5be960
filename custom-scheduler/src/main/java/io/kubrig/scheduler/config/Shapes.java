package io.kubrig.scheduler.config;

import static io.kubrig.scheduler.config.Shape.Scalar.BOOL;
import static io.kubrig.scheduler.config.Shape.Scalar.BYTES;
import static io.kubrig.scheduler.config.Shape.Scalar.DURATION;
import static io.kubrig.scheduler.config.Shape.Scalar.FLOAT32;
import static io.kubrig.scheduler.config.Shape.Scalar.INT32;
import static io.kubrig.scheduler.config.Shape.Scalar.INT64;
import static io.kubrig.scheduler.config.Shape.Scalar.STRING;
import static io.kubrig.scheduler.config.Shape.list;
import static io.kubrig.scheduler.config.Shape.struct;

import java.util.Map;

/** The kinds of {@code kubescheduler.config.k8s.io/v1}. Source: its API reference; the rest of the fields' types are those of core/v1. */
final class Shapes {
  private static final Shape PLUGIN_SET = struct("v1.PluginSet",
      "enabled", list(struct("v1.Plugin", "name", STRING, "weight", INT32)),
      "disabled", list(struct("v1.Plugin", "name", STRING, "weight", INT32)));

  private static final Shape PLUGINS = struct("v1.Plugins", "preEnqueue", PLUGIN_SET, "queueSort", PLUGIN_SET, "preFilter", PLUGIN_SET,
      "filter", PLUGIN_SET, "postFilter", PLUGIN_SET, "preScore", PLUGIN_SET, "score", PLUGIN_SET, "reserve", PLUGIN_SET,
      "permit", PLUGIN_SET, "preBind", PLUGIN_SET, "bind", PLUGIN_SET, "postBind", PLUGIN_SET, "multiPoint", PLUGIN_SET,
      "placementGenerate", PLUGIN_SET, "placementScore", PLUGIN_SET);

  private static final Shape PROFILE = struct("v1.KubeSchedulerProfile", "schedulerName", STRING, "percentageOfNodesToScore", INT32,
      "plugins", PLUGINS, "pluginConfig", list(struct("v1.PluginConfig", "name", STRING, "args", new Shape.Raw())));

  private static final Shape EXTENDER = struct("v1.Extender", "urlPrefix", STRING, "filterVerb", STRING, "preemptVerb", STRING,
      "prioritizeVerb", STRING, "weight", INT64, "bindVerb", STRING, "enableHTTPS", BOOL,
      "tlsConfig", struct("v1.ExtenderTLSConfig", "insecure", BOOL, "serverName", STRING, "certFile", STRING, "keyFile", STRING,
          "caFile", STRING, "certData", BYTES, "keyData", BYTES, "caData", BYTES),
      "httpTimeout", DURATION, "nodeCacheCapable", BOOL,
      "managedResources", list(struct("v1.ExtenderManagedResource", "name", STRING, "ignoredByScheduler", BOOL)), "ignorable", BOOL);

  /** The file itself. */
  static final Shape.Struct CONFIGURATION = struct("v1.KubeSchedulerConfiguration", "apiVersion", STRING, "kind", STRING,
      "parallelism", INT32,
      "leaderElection", struct("v1alpha1.LeaderElectionConfiguration", "leaderElect", BOOL, "leaseDuration", DURATION,
          "renewDeadline", DURATION, "retryPeriod", DURATION, "resourceLock", STRING, "resourceName", STRING, "resourceNamespace", STRING),
      "clientConnection", struct("v1alpha1.ClientConnectionConfiguration", "kubeconfig", STRING, "acceptContentTypes", STRING,
          "contentType", STRING, "qps", FLOAT32, "burst", INT32),
      "enableProfiling", BOOL, "enableContentionProfiling", BOOL, "percentageOfNodesToScore", INT32, "podInitialBackoffSeconds", INT64,
      "podMaxBackoffSeconds", INT64, "profiles", list(PROFILE), "extenders", list(EXTENDER), "delayCacheUntilActive", BOOL);

  private static final Shape REQUIREMENTS = list(struct("v1.NodeSelectorRequirement", "key", STRING, "operator", STRING,
      "values", list(STRING)));
  private static final Shape TERM = struct("v1.NodeSelectorTerm", "matchExpressions", REQUIREMENTS, "matchFields", REQUIREMENTS);
  private static final Shape LABEL_SELECTOR = struct("v1.LabelSelector", "matchLabels", new Shape.Mapping("map[string]string", STRING),
      "matchExpressions", list(struct("v1.LabelSelectorRequirement", "key", STRING, "operator", STRING, "values", list(STRING))));
  private static final Shape RESOURCES = list(struct("v1.ResourceSpec", "name", STRING, "weight", INT64));
  private static final Shape SHAPE = list(struct("v1.UtilizationShapePoint", "utilization", INT32, "score", INT32));

  /** The arguments of plugins, by plugin. Plugins that are not here read their arguments themselves, if they have any. */
  static final Map<String, Shape.Struct> ARGS = Map.of(
      "DefaultPreemption", args("DefaultPreemption", "minCandidateNodesPercentage", INT32, "minCandidateNodesAbsolute", INT32),
      "DynamicResources", args("DynamicResources", "filterTimeout", DURATION, "bindingTimeout", DURATION),
      "InterPodAffinity", args("InterPodAffinity", "hardPodAffinityWeight", INT32, "ignorePreferredTermsOfExistingPods", BOOL),
      "NodeAffinity", args("NodeAffinity", "addedAffinity", struct("v1.NodeAffinity",
          "requiredDuringSchedulingIgnoredDuringExecution", struct("v1.NodeSelector", "nodeSelectorTerms", list(TERM)),
          "preferredDuringSchedulingIgnoredDuringExecution",
          list(struct("v1.PreferredSchedulingTerm", "weight", INT32, "preference", TERM)))),
      "NodeResourcesBalancedAllocation", args("NodeResourcesBalancedAllocation", "resources", RESOURCES),
      "NodeResourcesFit", args("NodeResourcesFit", "ignoredResources", list(STRING), "ignoredResourceGroups", list(STRING),
          "scoringStrategy", struct("v1.ScoringStrategy", "type", STRING, "resources", RESOURCES,
              "requestedToCapacityRatio", struct("v1.RequestedToCapacityRatioParam", "shape", SHAPE))),
      "PodTopologySpread", args("PodTopologySpread", "defaultingType", STRING, "defaultConstraints",
          list(struct("v1.TopologySpreadConstraint", "maxSkew", INT32, "topologyKey", STRING, "whenUnsatisfiable", STRING,
              "labelSelector", LABEL_SELECTOR, "minDomains", INT32, "nodeAffinityPolicy", STRING, "nodeTaintsPolicy", STRING,
              "matchLabelKeys", list(STRING)))),
      "VolumeBinding", args("VolumeBinding", "bindTimeoutSeconds", INT64, "shape", SHAPE));

  private Shapes() {}

  private static Shape.Struct args(String plugin, Object... namesAndShapes) {
    Object[] all = new Object[namesAndShapes.length + 4];
    all[0] = "apiVersion";
    all[1] = STRING;
    all[2] = "kind";
    all[3] = STRING;
    System.arraycopy(namesAndShapes, 0, all, 4, namesAndShapes.length);
    return struct("v1." + plugin + "Args", all);
  }
}
