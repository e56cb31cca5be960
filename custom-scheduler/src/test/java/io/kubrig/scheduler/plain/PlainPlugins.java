package io.kubrig.scheduler.plain;

import io.kubrig.scheduler.config.SchedulerConfiguration;
import io.kubrig.scheduler.framework.PluginFactory;
import io.kubrig.scheduler.plugins.BuiltinPlugins;
import io.kubrig.scheduler.plugins.volumebinding.PlainVolumeBinding;
import java.util.LinkedHashMap;
import java.util.Map;

/** The built-in plugins, with those of this package in the place of their likes. */
public final class PlainPlugins {
  private PlainPlugins() {}

  public static Map<String, PluginFactory> registry(SchedulerConfiguration configuration) {
    Map<String, PluginFactory> r = new LinkedHashMap<>(BuiltinPlugins.registry(configuration));
    r.put("InterPodAffinity", (args, context, profile) -> new PlainInterPodAffinity(args, context.state()));
    r.put("PodTopologySpread", (args, context, profile) -> new PlainPodTopologySpread(args, context.state()));
    r.put("VolumeBinding", (args, context, profile) -> new PlainVolumeBinding(context.state()));
    r.put("NodeVolumeLimits", (args, context, profile) -> new PlainNodeVolumeLimits(context.state()));
    return r;
  }
}
