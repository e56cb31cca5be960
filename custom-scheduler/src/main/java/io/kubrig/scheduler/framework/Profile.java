package io.kubrig.scheduler.framework;

import io.kubrig.scheduler.config.ConfigNode;
import io.kubrig.scheduler.config.ExtensionPoint;
import io.kubrig.scheduler.config.InvalidConfigurationException;
import io.kubrig.scheduler.config.PluginSet;
import io.kubrig.scheduler.config.ProfileConfiguration;
import io.kubrig.scheduler.extender.Extender;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.state.ClusterState;
import io.kubrig.scheduler.state.NodeInfo;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One profile at work: its plugins by extension point, and the rules by which their answers become one. */
public final class Profile {
  private static final Logger LOG = LoggerFactory.getLogger(Profile.class);
  /** The order in which native goes through the points, which decides what it complains about first. */
  private static final List<ExtensionPoint> MADE_IN_ORDER = List.of(ExtensionPoint.PRE_FILTER, ExtensionPoint.FILTER,
      ExtensionPoint.POST_FILTER, ExtensionPoint.RESERVE, ExtensionPoint.PRE_SCORE, ExtensionPoint.SCORE, ExtensionPoint.PRE_BIND,
      ExtensionPoint.BIND, ExtensionPoint.POST_BIND, ExtensionPoint.PERMIT, ExtensionPoint.PRE_ENQUEUE, ExtensionPoint.QUEUE_SORT);

  private final String name;
  private final Integer percentageOfNodesToScore;
  private final ClusterState cluster;
  private final List<Extender> extenders;
  private final Map<String, Plugin> plugins = new LinkedHashMap<>();
  private final Map<ExtensionPoint, List<Plugin>> points = new EnumMap<>(ExtensionPoint.class);
  private final Map<String, Integer> weights = new LinkedHashMap<>();

  private List<FilterPlugin> filters = List.of();
  private List<PreFilterPlugin> preFilters = List.of();

  /** A profile of a configuration; the registry makes its plugins. */
  public Profile(ProfileConfiguration configuration, Map<String, PluginFactory> registry, PluginContext context, List<Extender> extenders) {
    this.name = configuration.schedulerName();
    this.percentageOfNodesToScore = configuration.percentageOfNodesToScore();
    this.cluster = context.state();
    this.extenders = List.copyOf(extenders);
    try {
      create(configuration, registry, context);
      List.of(ExtensionPoint.values()).forEach(point -> points.put(point, select(configuration, point)));
      weigh(configuration);
      check(configuration);
    } catch (InvalidConfigurationException e) {
      throw new InvalidConfigurationException("initializing profiles: creating profile for scheduler name " + name + ": " + e.getMessage());
    }
    filters = at(ExtensionPoint.FILTER, FilterPlugin.class);
    preFilters = at(ExtensionPoint.PRE_FILTER, PreFilterPlugin.class);
  }

  private void create(ProfileConfiguration configuration, Map<String, PluginFactory> registry, PluginContext context) {
    for (ExtensionPoint point : MADE_IN_ORDER) {
      checkKnown(configuration.at(point).names(), point, registry);
    }
    checkKnown(configuration.multiPoint().names(), MADE_IN_ORDER.getFirst(), registry);
    for (String plugin : configuration.mentioned()) {
      ConfigNode args = configuration.argsOf(plugin);
      plugins.put(plugin, registry.get(plugin).create(args, context, this));
      try {
        args.problems().throwIfAny();
      } catch (InvalidConfigurationException e) {
        throw new InvalidConfigurationException("initializing plugin \"" + plugin + "\": " + e.getMessage());
      }
    }
  }

  private static void checkKnown(List<String> names, ExtensionPoint point, Map<String, PluginFactory> registry) {
    for (String plugin : names) {
      if (!registry.containsKey(plugin)) {
        throw new InvalidConfigurationException(point.label() + "Plugin \"" + plugin + "\" does not exist");
      }
    }
  }

  /** The order: multi-point plugins that the point names too, in its own order; the other multi-point ones; what only the point names. */
  private List<Plugin> select(ProfileConfiguration configuration, ExtensionPoint point) {
    PluginSet own = configuration.at(point);
    List<String> overriding = new ArrayList<>();
    List<String> common = new ArrayList<>();
    for (String plugin : configuration.multiPoint().names()) {
      if (point.type().isInstance(plugins.get(plugin))) {
        if (own.enabled().containsKey(plugin)) {
          overriding.add(plugin);
        } else if (!own.disables(plugin)) {
          common.add(plugin);
        }
      }
    }
    List<String> names = new ArrayList<>();
    own.names().stream().filter(overriding::contains).forEach(names::add);
    names.addAll(common);
    own.names().stream().filter(n -> !overriding.contains(n)).forEach(names::add);
    for (String plugin : names) {
      if (!point.type().isInstance(plugins.get(plugin))) {
        throw new InvalidConfigurationException("plugin \"" + plugin + "\" does not extend " + point.label() + "Plugin plugin");
      }
    }
    checkOnce(own, point);
    return names.stream().map(plugins::get).toList();
  }

  private static void checkOnce(PluginSet set, ExtensionPoint point) {
    if (!set.repeated().isEmpty()) {
      throw new InvalidConfigurationException(
          "plugin \"" + set.repeated().iterator().next() + "\" already registered as \"" + point.label() + "Plugin\"");
    }
  }

  private void weigh(ProfileConfiguration configuration) {
    long total = 0;
    for (Plugin p : points.get(ExtensionPoint.SCORE)) {
      int own = configuration.at(ExtensionPoint.SCORE).enabled().getOrDefault(p.name(), 0);
      int common = configuration.multiPoint().enabled().getOrDefault(p.name(), 0);
      int given = own != 0 ? own : common;
      int weight = given == 0 ? 1 : given;
      weights.put(p.name(), weight);
      if (weight * ScorePlugin.MAX > Long.MAX_VALUE - total) { // with a negative total this overflows, as in native
        throw new InvalidConfigurationException("score plugins: total score of Score plugins could overflow");
      }
      total += weight * ScorePlugin.MAX;
    }
  }

  private void check(ProfileConfiguration configuration) {
    PluginSet common = configuration.multiPoint();
    for (ExtensionPoint point : MADE_IN_ORDER) {
      for (String plugin : common.repeated()) {
        if (point.type().isInstance(plugins.get(plugin))) {
          checkOnce(common, point);
        }
      }
    }
    for (String plugin : configuration.placements()) {
      throw new InvalidConfigurationException("PlacementGeneratePlugin \"" + plugin + "\" does not exist");
    }
    int sorts = points.get(ExtensionPoint.QUEUE_SORT).size();
    if (sorts != 1) {
      throw new InvalidConfigurationException(
          "only one queue sort plugin required for profile with scheduler name \"" + name + "\", but got " + sorts);
    }
    if (points.get(ExtensionPoint.BIND).isEmpty()) {
      throw new InvalidConfigurationException("at least one bind plugin is needed for profile with scheduler name \"" + name + "\"");
    }
  }

  /** The scheduler name. */
  public String name() {
    return name;
  }

  public Optional<Integer> percentageOfNodesToScore() {
    return Optional.ofNullable(percentageOfNodesToScore);
  }

  public List<Extender> extenders() {
    return extenders;
  }

  /** Every plugin of the profile. */
  public Collection<Plugin> plugins() {
    return plugins.values();
  }

  /** The weights of the score plugins. */
  public Map<String, Integer> weights() {
    return weights;
  }

  /** The plugins of one point. */
  @SuppressWarnings("unchecked") // select() has put only plugins of the point's type there
  public <T extends Plugin> List<T> at(ExtensionPoint point, Class<T> type) {
    if (!type.isAssignableFrom(point.type())) {
      throw new IllegalArgumentException(point + " has no " + type.getSimpleName());
    }
    return (List<T>) points.get(point);
  }

  public boolean has(ExtensionPoint point) {
    return !points.get(point).isEmpty();
  }

  /** What the PreFilter plugins say together, and which of them limited the nodes. */
  public record PreFiltered(Status status, Set<String> nodes, Set<String> limitedBy) {}

  /** Runs the PreFilter plugins; the first that cannot be resolved ends it. */
  public PreFiltered preFilter(CycleState state, Pod pod, List<NodeInfo> nodes) {
    Set<String> limit = null;
    Set<String> limitedBy = new TreeSet<>();
    Status rejection = null;
    for (PreFilterPlugin p : preFilters) {
      PreFilterResult r = p.preFilter(state, pod, nodes);
      if (r.status().isSkip()) {
        state.skippedFilters().add(p.name());
        continue;
      }
      if (r.status().isRejected()) {
        rejection = r.status().from(p.name());
        if (r.status().code() == Code.UNSCHEDULABLE) {
          continue;
        }
        return new PreFiltered(rejection, null, Set.of());
      }
      if (!r.status().isSuccess()) {
        return new PreFiltered(Status.error("running PreFilter plugin \"" + p.name() + "\": " + r.status().message()), null, Set.of());
      }
      if (r.nodes() != null) {
        limitedBy.add(p.name());
        limit = limit == null ? new TreeSet<>(r.nodes()) : limit;
        limit.retainAll(r.nodes());
        if (limit.isEmpty()) {
          String which = limitedBy.size() == 1 ? "plugin(s) " + limitedBy : "plugin(s) " + limitedBy + " simultaneously";
          return new PreFiltered(Status.unresolvable("node(s) didn't satisfy " + which), limit, limitedBy);
        }
      }
    }
    return new PreFiltered(rejection != null ? rejection : Status.SUCCESS, limit, limitedBy);
  }

  /** Runs the Filter plugins on a node until one turns the pod down. */
  public Status filter(CycleState state, Pod pod, NodeInfo node) {
    for (FilterPlugin p : filters) {
      if (!state.skippedFilters().isEmpty() && state.skippedFilters().contains(p.name())) {
        continue;
      }
      Status s = filter(p, state, pod, node);
      if (!s.isSuccess()) {
        return s;
      }
    }
    return Status.SUCCESS;
  }

  /** Runs one Filter plugin on a node. */
  public static Status filter(FilterPlugin p, CycleState state, Pod pod, NodeInfo node) {
    Status s = p.filter(state, pod, node);
    if (s.isSuccess()) {
      return s;
    }
    return s.isRejected() ? s.from(p.name()) : Status.error("running \"" + p.name() + "\" filter plugin: " + s.message());
  }

  /**
   * Filters a node as if the pods nominated to it, of the same or a higher priority, were already there; and then without them, because
   * they may yet go elsewhere.
   */
  public Status filterWithNominated(CycleState state, Pod pod, NodeInfo node) {
    List<Pod> nominated = cluster.nominations().on(node.name());
    if (!nominated.isEmpty()) {
      CycleState copy = null;
      NodeInfo full = null;
      for (Pod other : nominated) {
        if (other.priority() >= pod.priority() && !other.uid().equals(pod.uid())) {
          copy = copy == null ? state.copy() : copy;
          full = full == null ? node.copy() : full;
          Status added = addPod(copy, pod, other.on(node.name()), full);
          if (!added.isSuccess()) {
            return added;
          }
        }
      }
      if (full != null) {
        Status s = filter(copy, pod, full);
        if (!s.isSuccess()) {
          return s;
        }
      }
    }
    return filter(state, pod, node);
  }

  /** Whether whatever filters a pod, or follows pods that are tried out, looks at one node alone; after PreFilter. */
  public boolean isNodeLocal(CycleState state, Pod pod) {
    return areLocal(filters, state, pod) && areLocal(preFilters, state, pod);
  }

  private static boolean areLocal(List<? extends Plugin> plugins, CycleState state, Pod pod) {
    for (Plugin p : plugins) {
      if (!state.skippedFilters().contains(p.name()) && !(p instanceof NodeLocal l && l.isLocal(pod))) {
        return false;
      }
    }
    return true;
  }

  /** Puts a pod on a (copied) node and tells the PreFilter plugins. */
  public Status addPod(CycleState state, Pod pod, Pod added, NodeInfo node) {
    node.add(added);
    return tell(state, p -> p.addPod(state, pod, added, node));
  }

  /** Takes a pod from a (copied) node and tells the PreFilter plugins. */
  public Status removePod(CycleState state, Pod pod, Pod removed, NodeInfo node) {
    node.remove(removed);
    return tell(state, p -> p.removePod(state, pod, removed, node));
  }

  private Status tell(CycleState state, Function<PreFilterPlugin, Status> change) {
    for (PreFilterPlugin p : preFilters) {
      if (!state.skippedFilters().contains(p.name())) {
        Status s = change.apply(p);
        if (!s.isSuccess()) {
          return s.from(p.name());
        }
      }
    }
    return Status.SUCCESS;
  }

  /** What the first PostFilter plugin that evicts pods would do for a pod that no node is left for; empty when there is no such plugin. */
  public Optional<Preemptor.Preview> previewPreemption(CycleState state, Pod pod, NodeStatuses statuses, int mostNodes) {
    return at(ExtensionPoint.POST_FILTER, PostFilterPlugin.class).stream().filter(Preemptor.class::isInstance).findFirst()
        .map(p -> ((Preemptor) p).preview(state, pod, statuses, mostNodes));
  }

  /** Runs the PostFilter plugins until one succeeds; one that throws ends it. */
  public PostFilterPlugin.Result postFilter(CycleState state, Pod pod, NodeStatuses statuses) {
    List<String> reasons = new ArrayList<>();
    Optional<PostFilterPlugin.Nomination> nomination = Optional.empty();
    for (PostFilterPlugin p : at(ExtensionPoint.POST_FILTER, PostFilterPlugin.class)) {
      PostFilterPlugin.Result r;
      try {
        r = p.postFilter(state, pod, statuses);
      } catch (RuntimeException e) {
        LOG.error("PostFilter plugin {} failed for pod {}", p.name(), pod.key(), e);
        return PostFilterPlugin.Result.of(Status.error(String.valueOf(e.getMessage())));
      }
      if (r.status().isSuccess() || r.status().code() == Code.UNRESOLVABLE) {
        return r;
      }
      if (!r.status().isRejected()) {
        return PostFilterPlugin.Result.of(Status.error(r.status().message()).from(p.name()));
      }
      nomination = r.nomination().isPresent() ? r.nomination() : nomination;
      reasons.addAll(r.status().reasons());
    }
    return new PostFilterPlugin.Result(new Status(Code.UNSCHEDULABLE, reasons, ""), nomination);
  }
}
