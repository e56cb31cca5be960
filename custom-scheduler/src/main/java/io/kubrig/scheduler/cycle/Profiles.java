package io.kubrig.scheduler.cycle;

import io.kubrig.scheduler.config.ExtensionPoint;
import io.kubrig.scheduler.config.InvalidConfigurationException;
import io.kubrig.scheduler.config.SchedulerConfiguration;
import io.kubrig.scheduler.extender.Extender;
import io.kubrig.scheduler.framework.PluginContext;
import io.kubrig.scheduler.framework.PluginFactory;
import io.kubrig.scheduler.framework.Profile;
import io.kubrig.scheduler.framework.QueueSortPlugin;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The profiles by scheduler name, made of a configuration and of plugins that may be replaced. Belongs to the scheduling thread. */
final class Profiles {
  private final SchedulerConfiguration configuration;
  private final PluginContext context;
  private final List<Extender> extenders;
  private final Map<String, Profile> byName = new LinkedHashMap<>();

  Profiles(SchedulerConfiguration configuration, Map<String, PluginFactory> registry, PluginContext context, List<Extender> extenders) {
    this.configuration = configuration;
    this.context = context;
    this.extenders = extenders;
    use(registry);
  }

  /**
   * Makes all profiles anew.
   *
   * @throws RuntimeException when that cannot be done; the former stay then
   */
  void use(Map<String, PluginFactory> registry) {
    List<Profile> made = configuration.profiles().stream().map(p -> new Profile(p, registry, context, extenders)).toList();
    checkQueueSort(made);
    made.forEach(p -> byName.put(p.name(), p));
  }

  /** All profiles share one queue, so they must agree on its order. */
  private static void checkQueueSort(List<Profile> profiles) {
    String first = null;
    for (Profile p : profiles) {
      String own = p.at(ExtensionPoint.QUEUE_SORT, QueueSortPlugin.class).getFirst().name();
      if (first != null && !first.equals(own)) {
        throw new InvalidConfigurationException(
            "different queue sort plugins for profile \"" + p.name() + "\": \"" + own + "\", first: \"" + first + "\"");
      }
      first = own;
    }
  }

  /** Whether pods that want this scheduler name are ours. */
  boolean has(String schedulerName) {
    return byName.containsKey(schedulerName);
  }

  /** The profile of a scheduler name, or null. */
  Profile of(String schedulerName) {
    return byName.get(schedulerName);
  }

  Profile first() {
    return byName.values().iterator().next();
  }

  Collection<Profile> all() {
    return Collections.unmodifiableCollection(byName.values());
  }

  @Override
  public String toString() {
    return byName.keySet().toString();
  }
}
