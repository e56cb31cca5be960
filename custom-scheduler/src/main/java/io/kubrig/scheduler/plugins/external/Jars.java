package io.kubrig.scheduler.plugins.external;

import io.kubrig.machinery.component.StartException;
import io.kubrig.scheduler.framework.PluginProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The jars of a directory as they were at one moment, and the plugins in them. Each jar has a class loader of its own, so that jars can
 * bring different versions of a library. The classes come from copies: a jar may be overwritten while they are in use.
 */
final class Jars implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Jars.class);

  private final Map<String, PluginProvider<?>> providers = new LinkedHashMap<>();
  private final List<URLClassLoader> loaders = new ArrayList<>();
  private final Path copies;

  /**
   * Reads all jars.
   *
   * @throws StartException when a jar cannot be read, has no plugins, or two plugins have the same name
   */
  Jars(Path directory) {
    try {
      copies = Files.createTempDirectory("kubrig-plugins");
    } catch (IOException e) {
      throw new StartException("cannot copy the plugins of " + directory + ": " + e.getMessage(), e);
    }
    try (Stream<Path> files = Files.list(directory)) {
      files.filter(Jars::isJar).sorted().forEach(this::load);
    } catch (IOException e) {
      close();
      throw new StartException("cannot read the plugin directory " + directory + ": " + e.getMessage(), e);
    } catch (StartException e) {
      close();
      throw e;
    }
  }

  static boolean isJar(Path file) {
    return file.toString().endsWith(".jar");
  }

  private void load(Path jar) {
    try {
      Path copy = Files.copy(jar, copies.resolve(jar.getFileName()));
      URLClassLoader loader =
          new URLClassLoader(jar.getFileName().toString(), new URL[] {copy.toUri().toURL()}, getClass().getClassLoader());
      loaders.add(loader);
      int before = providers.size();
      for (PluginProvider<?> provider : ServiceLoader.load(PluginProvider.class, loader)) {
        if (provider.getClass().getClassLoader() == loader) {
          add(jar, provider);
        }
      }
      if (providers.size() == before) {
        throw new StartException(jar + " has no plugins: META-INF/services/" + PluginProvider.class.getName() + " names none");
      }
    } catch (IOException | ServiceConfigurationError | LinkageError e) {
      throw new StartException("cannot load plugins from " + jar + ": " + e.getMessage(), e);
    }
  }

  private void add(Path jar, PluginProvider<?> provider) {
    if (providers.put(provider.name(), provider) != null) {
      throw new StartException("the plugin " + provider.name() + " of " + jar + " exists twice");
    }
    LOG.info("Loaded the plugin {} from {}", provider.name(), jar);
  }

  /** By the plugins' names. */
  Map<String, PluginProvider<?>> providers() {
    return providers;
  }

  @Override
  public void close() {
    for (URLClassLoader loader : loaders) {
      try {
        loader.close();
      } catch (IOException e) {
        LOG.warn("A plugin jar could not be closed: {}", e.getMessage());
      }
    }
    try (Stream<Path> files = Files.walk(copies)) {
      for (Path f : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(f);
      }
    } catch (IOException | UncheckedIOException e) {
      LOG.warn("The copies of plugin jars in {} could not be deleted: {}", copies, e.getMessage());
    }
  }
}
