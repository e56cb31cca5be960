package io.kubrig.scheduler.plugins;

import io.kubrig.scheduler.config.SchedulerConfiguration;
import io.kubrig.scheduler.framework.PluginFactory;
import io.kubrig.scheduler.plugins.defaultbinder.DefaultBinder;
import io.kubrig.scheduler.plugins.defaultpreemption.DefaultPreemption;
import io.kubrig.scheduler.plugins.dynamicresources.DeviceBooks;
import io.kubrig.scheduler.plugins.dynamicresources.DynamicResources;
import io.kubrig.scheduler.plugins.gangscheduling.GangScheduling;
import io.kubrig.scheduler.plugins.imagelocality.ImageLocality;
import io.kubrig.scheduler.plugins.interpodaffinity.InterPodAffinity;
import io.kubrig.scheduler.plugins.nodeaffinity.NodeAffinity;
import io.kubrig.scheduler.plugins.nodedeclaredfeatures.NodeDeclaredFeatures;
import io.kubrig.scheduler.plugins.nodename.NodeName;
import io.kubrig.scheduler.plugins.nodeports.NodePorts;
import io.kubrig.scheduler.plugins.noderesources.NodeResourcesBalancedAllocation;
import io.kubrig.scheduler.plugins.noderesources.NodeResourcesFit;
import io.kubrig.scheduler.plugins.nodeunschedulable.NodeUnschedulable;
import io.kubrig.scheduler.plugins.nodevolumelimits.NodeVolumeLimits;
import io.kubrig.scheduler.plugins.podtopologyspread.PodTopologySpread;
import io.kubrig.scheduler.plugins.prioritysort.PrioritySort;
import io.kubrig.scheduler.plugins.schedulinggates.SchedulingGates;
import io.kubrig.scheduler.plugins.tainttoleration.TaintToleration;
import io.kubrig.scheduler.plugins.volumebinding.VolumeBinding;
import io.kubrig.scheduler.plugins.volumerestrictions.VolumeRestrictions;
import io.kubrig.scheduler.plugins.volumezone.VolumeZone;
import java.util.LinkedHashMap;
import java.util.Map;

/** The plugins that come with the scheduler, by name. */
public final class BuiltinPlugins {
  private BuiltinPlugins() {}

  /** Their factories for a configuration. */
  public static Map<String, PluginFactory> registry(SchedulerConfiguration configuration) {
    Map<String, PluginFactory> r = new LinkedHashMap<>();
    DeviceBooks.Shelf devices = new DeviceBooks.Shelf();
    r.put("SchedulingGates", (args, context, profile) -> new SchedulingGates());
    r.put("PrioritySort", (args, context, profile) -> new PrioritySort());
    r.put("NodeUnschedulable", (args, context, profile) -> new NodeUnschedulable());
    r.put("NodeName", (args, context, profile) -> new NodeName());
    r.put("TaintToleration", (args, context, profile) -> new TaintToleration());
    r.put("NodeAffinity", (args, context, profile) -> new NodeAffinity(args));
    r.put("NodePorts", (args, context, profile) -> new NodePorts());
    r.put("NodeResourcesFit", (args, context, profile) -> new NodeResourcesFit(args, configuration.extenders(), context.state().objects()));
    r.put("NodeResourcesBalancedAllocation", (args, context, profile) -> new NodeResourcesBalancedAllocation(args));
    r.put("ImageLocality", (args, context, profile) -> new ImageLocality(context.state()));
    r.put("DefaultBinder", (args, context, profile) -> new DefaultBinder(context.api()));
    r.put("NodeDeclaredFeatures", (args, context, profile) -> new NodeDeclaredFeatures());
    r.put("PodTopologySpread", (args, context, profile) -> new PodTopologySpread(args, context.state()));
    r.put("InterPodAffinity", (args, context, profile) -> new InterPodAffinity(args, context.state()));
    r.put("DefaultPreemption", (args, context, profile) -> new DefaultPreemption(args, context, profile));
    r.put("VolumeRestrictions", (args, context, profile) -> new VolumeRestrictions(context.state()));
    r.put("NodeVolumeLimits", (args, context, profile) -> new NodeVolumeLimits(context.state()));
    r.put("VolumeBinding", (args, context, profile) -> new VolumeBinding(args, context));
    r.put("VolumeZone", (args, context, profile) -> new VolumeZone(context.state()));
    r.put("DynamicResources", (args, context, profile) -> new DynamicResources(args, context, devices.of(context.state())));
    r.put(GangScheduling.NAME, (args, context, profile) -> new GangScheduling(context));
    return r;
  }
}
