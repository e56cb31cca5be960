package io.kubrig.scheduler.plugins.external;

import io.kubrig.scheduler.framework.PermitPlugin;
import io.kubrig.scheduler.framework.Plugin;
import io.kubrig.scheduler.framework.PluginException;
import io.kubrig.scheduler.framework.PostFilterPlugin;
import io.kubrig.scheduler.framework.PreFilterResult;
import io.kubrig.scheduler.framework.Status;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands before a plugin that is not ours: what it throws, and that it does not answer, becomes an error of the attempt, in words that name
 * the plugin, at whichever extension point.
 */
final class Guard implements InvocationHandler {
  private static final Logger LOG = LoggerFactory.getLogger(Guard.class);
  /** Methods that run on threads of their own and may block. */
  private static final Set<String> MAY_BLOCK = Set.of("preBind", "bind");

  private final Plugin plugin;
  private final Watch watch;

  private Guard(Plugin plugin, Watch watch) {
    this.plugin = plugin;
    this.watch = watch;
  }

  /** The plugin, guarded; it extends the same points. */
  static Plugin around(Plugin plugin, Watch watch) {
    Set<Class<?>> points = new LinkedHashSet<>();
    for (Class<?> c = plugin.getClass(); c != null; c = c.getSuperclass()) {
      collect(c, points);
    }
    return (Plugin) Proxy.newProxyInstance(Guard.class.getClassLoader(), points.toArray(Class<?>[]::new), new Guard(plugin, watch));
  }

  private static void collect(Class<?> type, Set<Class<?>> points) {
    for (Class<?> i : type.getInterfaces()) {
      if (i.getPackage() == Plugin.class.getPackage()) {
        points.add(i);
      } else {
        collect(i, points);
      }
    }
  }

  @Override
  public Object invoke(Object proxy, Method method, Object[] args) throws Throwable {
    if (method.getDeclaringClass() == Object.class || method.getName().equals("name")) {
      return method.getName().equals("equals") ? proxy == args[0] : method.invoke(plugin, args);
    }
    boolean watched = !MAY_BLOCK.contains(method.getName());
    Throwable thrown = null;
    Object answer = null;
    if (watched) {
      watch.enter(plugin.name());
    }
    boolean tooLong = false;
    try {
      answer = method.invoke(plugin, args);
    } catch (InvocationTargetException e) {
      thrown = e.getCause();
    } finally {
      tooLong = watched && watch.leave();
    }
    if (tooLong) {
      return failed(method, "plugin \"" + plugin.name() + "\" did not answer within " + seconds(watch.patience()), thrown);
    }
    if (thrown instanceof InterruptedException && !watched) {
      throw thrown;
    }
    if (thrown != null) {
      return failed(method, "plugin \"" + plugin.name() + "\" failed: " + thrown, thrown);
    }
    if (answer == null && !method.getReturnType().isPrimitive()) {
      return failed(method, "plugin \"" + plugin.name() + "\" answered null", null);
    }
    return answer;
  }

  private static String seconds(Duration d) {
    return d.toMillis() % 1000 == 0 ? d.toSeconds() + "s" : d.toMillis() + "ms";
  }

  /** The failure in the form the extension point has for it. */
  private Object failed(Method method, String message, Throwable cause) {
    LOG.error("{} (in {})", message, method.getName(), cause);
    Status error = Status.error(message);
    Class<?> type = method.getReturnType();
    if (type == Status.class) {
      return error;
    }
    if (type == PreFilterResult.class) {
      return PreFilterResult.of(error);
    }
    if (type == PermitPlugin.Result.class) {
      return new PermitPlugin.Result(error, Duration.ZERO);
    }
    if (type == PostFilterPlugin.Result.class) {
      return PostFilterPlugin.Result.of(error);
    }
    if (type == boolean.class) {
      return false; // the order of the queue, and whether answers may be remembered
    }
    if (method.getName().equals("unreserve") || method.getName().equals("postBind")) {
      return null; // nothing depends on it any more
    }
    throw new PluginException(error);
  }
}
