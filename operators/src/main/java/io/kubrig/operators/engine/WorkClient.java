package io.kubrig.operators.engine;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The client that the Java Operator SDK sees: it knows one resource, {@link Work}, whose informer answers every key with that key
 * and never speaks to a server. The SDK opens an informer per controller otherwise; ours are shared through {@link Caches}.
 */
final class WorkClient {
  private WorkClient() {}

  static KubernetesClient create() {
    return proxy(KubernetesClient.class, (self, method, args) -> switch (method.getName()) {
      case "resources" -> operation();
      case "close" -> null;
      default -> unexpected(self, method);
    });
  }

  private static MixedOperation<?, ?, ?> operation() {
    return proxy(MixedOperation.class, (self, method, args) -> switch (method.getName()) {
      case "inAnyNamespace", "inNamespace", "withLabelSelector", "withShardSelector", "withLimit" -> self;
      case "runnableInformer" -> informer();
      default -> unexpected(self, method);
    });
  }

  private static SharedIndexInformer<?> informer() {
    Cache<?> keys = keys();
    return proxy(SharedIndexInformer.class, (self, method, args) -> switch (method.getName()) {
      case "getStore", "getIndexer" -> keys;
      case "start" -> CompletableFuture.completedStage(null);
      case "stopped" -> new CompletableFuture<Void>();
      case "getApiTypeClass" -> Work.class;
      case "hasSynced", "isRunning", "isWatching" -> true;
      case "lastSyncResourceVersion" -> "0";
      case "stop", "close" -> null;
      default -> method.getReturnType().isInstance(self) ? self : unexpected(self, method);
    });
  }

  private static Cache<?> keys() {
    return proxy(Cache.class, (self, method, args) -> switch (method.getName()) {
      case "getByKey" -> parse((String) args[0]);
      case "list", "listKeys", "byIndex", "index", "indexKeys" -> List.of();
      case "addIndexers", "removeIndexer" -> null;
      default -> unexpected(self, method);
    });
  }

  private static Work parse(String key) {
    int slash = key.indexOf('/');
    return Work.of(slash < 0 ? Key.of(key) : new Key(key.substring(0, slash), key.substring(slash + 1)));
  }

  private static Object unexpected(Object self, Method method) {
    return switch (method.getName()) {
      case "toString" -> "keys of controllers";
      case "hashCode" -> System.identityHashCode(self);
      case "equals" -> false;
      default -> throw new UnsupportedOperationException("the engine's client has no " + method);
    };
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(WorkClient.class.getClassLoader(), new Class<?>[] {type}, handler));
  }
}
