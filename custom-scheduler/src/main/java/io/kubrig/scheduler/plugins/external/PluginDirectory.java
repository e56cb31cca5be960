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
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The plugins of a directory of jars. Once {@link #follow} is called, jars that come, change or go are taken over while the scheduler
 * works; what cannot be taken over leaves everything as it was.
 */
public final class PluginDirectory implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PluginDirectory.class);
  private static final KubernetesSerialization JSON = new KubernetesSerialization();
  private static final Duration LOOK_EVERY = Duration.ofSeconds(2);

  private final Path directory;
  private final Clock clock;
  private final Watch watch;
  private Jars jars; // guarded by this
  private Jars former; // guarded by this; attempts under way may still need its classes; null: none
  private Map<Path, String> taken; // guarded by this; what the directory was like when it was last read
  private Map<Path, String> seen; // guarded by this; what it was like at the last look
  private Clock.Timer timer; // guarded by this; null: not followed

  /** Who is to use other plugins from now on. */
  public interface User {
    /**
     * Takes over all plugins, built-in ones included, or none.
     *
     * @throws RuntimeException when no profiles can be made of them; the former stay in use then
     */
    void use(Map<String, PluginFactory> registry) throws InterruptedException;

    /** The directory has changed and was taken over, or not, for a reason. */
    void reloaded(Optional<String> failure);
  }

  /**
   * Reads all jars of a directory.
   *
   * @param patience how long a call on the scheduling thread may take before it is interrupted
   * @throws StartException when a jar cannot be read, has no plugins, or two plugins have the same name
   */
  public PluginDirectory(Path directory, Duration patience, Clock clock) {
    this.directory = directory;
    this.clock = clock;
    this.watch = new Watch(patience, clock);
    this.taken = look();
    this.seen = taken;
    this.jars = new Jars(directory);
  }

  /** Name, size and time of every jar. */
  private Map<Path, String> look() {
    Map<Path, String> out = new TreeMap<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path f : files.filter(Jars::isJar).toList()) {
        out.put(f, Files.size(f) + " " + Files.getLastModifiedTime(f));
      }
    } catch (IOException | UncheckedIOException e) {
      LOG.debug("Cannot look into {}: {}", directory, e.getMessage()); // a file went meanwhile; the next look is soon
    }
    return out;
  }

  /** Takes over jars that change from now on. A jar is read when it has not changed for two seconds: it may still be written. */
  public synchronized void follow(Map<String, PluginFactory> builtin, User user) {
    timer = clock.every(LOOK_EVERY, () -> check(builtin, user));
  }

  private synchronized void check(Map<String, PluginFactory> builtin, User user) {
    Map<Path, String> now = look();
    boolean settled = now.equals(seen);
    seen = now;
    if (timer == null || !settled || now.equals(taken)) {
      return;
    }
    taken = now;
    try {
      reload(builtin, user);
      LOG.info("The plugins of {} were loaded anew", directory);
      user.reloaded(Optional.empty());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.error("The plugins of {} could not be loaded anew, the former ones stay in use: {}", directory, e.getMessage());
      user.reloaded(Optional.of(String.valueOf(e.getMessage())));
    }
  }

  private void reload(Map<String, PluginFactory> builtin, User user) throws InterruptedException {
    Jars fresh = new Jars(directory);
    boolean used = false;
    try {
      user.use(over(builtin, fresh));
      used = true;
    } finally {
      if (!used) {
        fresh.close();
      }
    }
    if (former != null) {
      former.close();
    }
    former = jars;
    jars = fresh;
  }

  private <A> Plugin create(PluginProvider<A> provider, ConfigNode node, PluginContext context) {
    try {
      return Guard.around(provider.create(args(provider, node), context), watch);
    } catch (IllegalArgumentException | LinkageError e) {
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
  public synchronized Map<String, PluginFactory> over(Map<String, PluginFactory> builtin) {
    return over(builtin, jars);
  }

  private Map<String, PluginFactory> over(Map<String, PluginFactory> builtin, Jars from) {
    Map<String, PluginFactory> all = new LinkedHashMap<>(builtin);
    from.providers().forEach((name, provider) -> {
      if (all.putIfAbsent(name, (args, context, profile) -> create(provider, args, context)) != null) {
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
  public synchronized void close() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
    watch.close();
    jars.close();
    if (former != null) {
      former.close();
    }
  }
}
