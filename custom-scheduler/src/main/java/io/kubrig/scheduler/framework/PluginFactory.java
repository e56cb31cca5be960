package io.kubrig.scheduler.framework;

import io.kubrig.scheduler.config.ConfigNode;

/** Makes a plugin for one profile. */
@FunctionalInterface
public interface PluginFactory {

  /**
   * The plugin.
   *
   * @param args its arguments; mistakes are reported to it
   * @param profile the profile it will work in; not yet complete, for use when scheduling
   */
  Plugin create(ConfigNode args, PluginContext context, Profile profile);
}
