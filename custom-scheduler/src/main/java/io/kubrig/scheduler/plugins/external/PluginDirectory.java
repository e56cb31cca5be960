package io.kubrig.scheduler.plugins.external;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.component.StartException;
import io.kubrig.scheduler.config.ConfigNode;
import io.kubrig.scheduler.framework.Plugin;
import io.kubrig.scheduler.framework.PluginContext;
import io.kubrig.scheduler.framework.PluginFactory;
import io.kubrig.scheduler.framework.PluginProvider;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The plugins of a directory of jars. Each jar has a class loader of its own, so that jars can bring different versions of a library. */
public final class PluginDirectory implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PluginDirectory.class);
  private static final KubernetesSerialization JSON = new KubernetesSerialization();

  private final Map<String, PluginFactory> factories = new LinkedHashMap<>();
  private final List<URLClassLoader> loaders = new ArrayList<>();
  private final Watch watch;

  /**
   * Reads all jars of a directory.
   *
   * @param patience how long a call on the scheduling thread may take before it is interrupted
   * @throws StartException when a jar cannot be read, has no plugins, or two plugins have the same name
   */
  public PluginDirectory(Path directory, Duration patience, Clock clock) {
    this.watch = new Watch(patience, clock);
    try (Stream<Path> files = Files.list(directory)) {
      files.filter(f -> f.toString().endsWith(".jar")).sorted().forEach(this::load);
    } catch (IOException e) {
      throw new StartException("cannot read the plugin directory " + directory + ": " + e.getMessage(), e);
    }
  }

  private void load(Path jar) {
    try {
      URLClassLoader loader =
          new URLClassLoader(jar.getFileName().toString(), new URL[] {jar.toUri().toURL()}, getClass().getClassLoader());
      loaders.add(loader);
      int before = factories.size();
      for (PluginProvider<?> provider : ServiceLoader.load(PluginProvider.class, loader)) {
        if (provider.getClass().getClassLoader() == loader) {
          add(jar, provider);
        }
      }
      if (factories.size() == before) {
        throw new StartException(jar + " has no plugins: META-INF/services/" + PluginProvider.class.getName() + " names none");
      }
    } catch (MalformedURLException | ServiceConfigurationError e) {
      throw new StartException("cannot load plugins from " + jar + ": " + e.getMessage(), e);
    }
  }

  private <A> void add(Path jar, PluginProvider<A> provider) {
    PluginFactory factory = (args, context, profile) -> create(provider, args, context);
    if (factories.put(provider.name(), factory) != null) {
      throw new StartException("the plugin " + provider.name() + " of " + jar + " exists twice");
    }
    LOG.info("Loaded the plugin {} from {}", provider.name(), jar);
  }

  private <A> Plugin create(PluginProvider<A> provider, ConfigNode node, PluginContext context) {
    try {
      return Guard.around(provider.create(args(provider, node), context), watch);
    } catch (IllegalArgumentException e) {
      throw new StartException("plugin " + provider.name() + ": " + e.getMessage(), e);
    }
  }

  private static <A> A args(PluginProvider<A> provider, ConfigNode node) {
    Map<String, Object> fields = node.plain();
    fields.remove("apiVersion");
    fields.remove("kind");
    Set<String> known = Arrays.stream(provider.argsType().getRecordComponents()).map(RecordComponent::getName).collect(Collectors.toSet());
    fields.keySet().stream().filter(f -> !known.contains(f)).forEach(f -> node.problem(f, "unknown field; known are " + known));
    fields.keySet().retainAll(known);
    return JSON.convertValue(fields, provider.argsType());
  }

  /** The factories by plugin name; names of built-in plugins are errors. */
  public Map<String, PluginFactory> over(Map<String, PluginFactory> builtin) {
    Map<String, PluginFactory> all = new LinkedHashMap<>(builtin);
    factories.forEach((name, factory) -> {
      if (all.putIfAbsent(name, factory) != null) {
        throw new StartException("a jar brings the plugin " + name + ", which is built in");
      }
    });
    return all;
  }

  /** The plugin that has not answered for long, if any: it ignores that it was interrupted. */
  public Optional<String> stuck() {
    return watch.stuck();
  }

  @Override
  public void close() {
    watch.close();
    for (URLClassLoader loader : loaders) {
      try {
        loader.close();
      } catch (IOException e) {
        LOG.warn("A plugin jar could not be closed: {}", e.getMessage());
      }
    }
  }
}
