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
import java.util.stream.Stream;

/** One profile at work: its plugins by extension point, and the rules by which their answers become one. */
public final class Profile {
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
    create(configuration, registry, context);
    for (ExtensionPoint point : ExtensionPoint.values()) {
      points.put(point, select(configuration, point));
    }
    weigh(configuration);
    check();
    filters = at(ExtensionPoint.FILTER, FilterPlugin.class);
    preFilters = at(ExtensionPoint.PRE_FILTER, PreFilterPlugin.class);
  }

  private void create(ProfileConfiguration configuration, Map<String, PluginFactory> registry, PluginContext context) {
    var problems = new io.kubrig.scheduler.config.Problems();
    for (String plugin : configuration.mentioned()) {
      PluginFactory factory = registry.get(plugin);
      if (factory == null) {
        throw new InvalidConfigurationException("initializing profiles: creating profile for scheduler name " + name + ": " + plugin
            + " does not exist");
      }
      ConfigNode args = configuration.argsOf(plugin, problems);
      plugins.put(plugin, factory.create(args, context, this));
      args.close();
      args.problems().throwIfAny();
    }
    for (String plugin : configuration.args().keySet()) {
      if (!registry.containsKey(plugin)) {
        throw new InvalidConfigurationException("pluginConfig names the plugin " + plugin + ", which does not exist");
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
        throw new InvalidConfigurationException("plugin \"" + plugin + "\" does not extend " + point.label() + " plugin");
      }
    }
    return names.stream().map(plugins::get).toList();
  }

  private void weigh(ProfileConfiguration configuration) {
    for (Plugin p : points.get(ExtensionPoint.SCORE)) {
      int own = configuration.at(ExtensionPoint.SCORE).enabled().getOrDefault(p.name(), 0);
      int common = configuration.multiPoint().enabled().getOrDefault(p.name(), 0);
      weights.put(p.name(), own > 0 ? own : Math.max(common, 1));
    }
  }

  private void check() {
    if (points.get(ExtensionPoint.QUEUE_SORT).size() != 1) {
      throw new InvalidConfigurationException(points.get(ExtensionPoint.QUEUE_SORT).isEmpty()
          ? "no queue sort plugin is enabled" : "only one queue sort plugin can be enabled");
    }
    if (points.get(ExtensionPoint.BIND).isEmpty()) {
      throw new InvalidConfigurationException("at least one bind plugin is needed for profile with scheduler name " + name);
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
    return Stream.concat(filters.stream(), preFilters.stream())
        .allMatch(p -> state.skippedFilters().contains(p.name()) || p instanceof NodeLocal l && l.isLocal(pod));
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

  /** Runs the PostFilter plugins until one succeeds. */
  public PostFilterPlugin.Result postFilter(CycleState state, Pod pod, NodeStatuses statuses) {
    List<String> reasons = new ArrayList<>();
    Optional<PostFilterPlugin.Nomination> nomination = Optional.empty();
    for (PostFilterPlugin p : at(ExtensionPoint.POST_FILTER, PostFilterPlugin.class)) {
      PostFilterPlugin.Result r = p.postFilter(state, pod, statuses);
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
