package io.kubrig.scheduler.framework;

/**
 * Makes the plugins of a jar in {@code --plugin-dir}. Each provider is named in the jar's {@code
 * META-INF/services/io.kubrig.scheduler.framework.PluginProvider} and has a public constructor without parameters.
 *
 * @param <A> the type of the plugin's arguments: a record whose components are named like the fields of {@code pluginConfig[].args}
 */
public interface PluginProvider<A> {
  /** The plugin's name in configurations, events and metrics. */
  String name();

  /** The type the arguments are read as. A plugin without arguments gives a record without components. */
  Class<A> argsType();

  /**
   * A plugin for one profile.
   *
   * @param args as the configuration file gives them; components that it does not name are null or zero
   * @throws IllegalArgumentException when the arguments make no sense; the scheduler then does not start and shows the message
   */
  Plugin create(A args, PluginContext context);
}
