package io.kubrig.testkit;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.kubrig.machinery.duration.GoDuration;
import io.kubrig.testkit.KubrigTest.Isolation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Optional;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;

/** Keeps the clusters of test classes that wear {@link KubrigTest}. */
final class KubrigExtension implements BeforeAllCallback, BeforeEachCallback, AfterTestExecutionCallback, ParameterResolver {
  private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(KubrigExtension.class);
  private static final String OFFICIAL = "io.kubernetes.client.openapi.ApiClient";
  private static final String PREPARED = "prepared";
  private static final int REPORTED = 60;

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    if (store(context).get(KubrigCluster.class) != null || store(context).get(PREPARED) != null) {
      return; // a nested class lives in the cluster of the class around it
    }
    KubrigTest wanted = annotation(context);
    if (wanted.isolation() == Isolation.METHOD) {
      keep(context, PREPARED, prepared(wanted, builder(wanted).apiServerOnly()));
    } else {
      keep(context, KubrigCluster.class, prepared(wanted, builder(wanted)));
    }
    fill(context, null, cluster(context));
  }

  @Override
  public void beforeEach(ExtensionContext context) throws Exception {
    KubrigTest wanted = annotation(context);
    if (wanted.isolation() == Isolation.METHOD) {
      KubrigCluster prepared = store(context).get(PREPARED, KubrigCluster.class);
      keep(context, KubrigCluster.class, prepared.fork(builder(wanted)));
    }
    for (Object instance : context.getRequiredTestInstances().getAllInstances()) {
      fill(context, instance, cluster(context));
    }
  }

  private static KubrigTest annotation(ExtensionContext context) {
    Optional<ExtensionContext> at = Optional.of(context);
    while (at.isPresent()) {
      Optional<KubrigTest> found = AnnotationSupport.findAnnotation(at.get().getElement(), KubrigTest.class);
      if (found.isPresent()) {
        return found.get();
      }
      at = at.get().getParent();
    }
    throw new IllegalStateException("no class around " + context.getDisplayName() + " wears @KubrigTest");
  }

  private static ClusterBuilder builder(KubrigTest wanted) {
    ClusterBuilder builder =
        KubrigCluster.builder().scheduler(wanted.scheduler()).nodes(wanted.nodes()).heartbeat(GoDuration.parse(wanted.heartbeat()));
    if (wanted.controllers()) {
      builder.controllers(wanted.onlyControllers());
    } else {
      builder.controllers(false);
    }
    return wanted.virtualTime() ? builder.virtualTime() : builder;
  }

  private static KubrigCluster prepared(KubrigTest wanted, ClusterBuilder builder) throws Exception {
    KubrigCluster cluster = builder.start();
    try {
      for (Class<? extends HasMetadata> kind : wanted.crds()) {
        cluster.define(kind);
      }
      for (String manifest : wanted.manifests()) {
        cluster.apply(manifest);
      }
      return cluster;
    } catch (Exception | Error e) {
      cluster.close();
      throw e;
    }
  }

  private static void keep(ExtensionContext context, Object key, KubrigCluster cluster) {
    store(context).put(key, cluster); // closed with the store
  }

  private static Store store(ExtensionContext context) {
    return context.getStore(NAMESPACE);
  }

  private static Optional<KubrigCluster> cluster(ExtensionContext context) {
    return Optional.ofNullable(store(context).get(KubrigCluster.class, KubrigCluster.class));
  }

  /** @param instance null for the static fields */
  private static void fill(ExtensionContext context, Object instance, Optional<KubrigCluster> cluster) throws IllegalAccessException {
    Class<?> type = instance == null ? context.getRequiredTestClass() : instance.getClass();
    for (Field field : ReflectionSupport.findFields(type, KubrigExtension::isWanted, HierarchyTraversalMode.TOP_DOWN)) {
      if (Modifier.isStatic(field.getModifiers()) == (instance == null) && cluster.isPresent()) {
        field.setAccessible(true);
        if (field.get(instance) == null) {
          field.set(instance, value(field.getType(), field, cluster.get(), context));
        }
      }
    }
  }

  private static boolean isWanted(Field field) {
    return isSupported(field.getType()) && !Modifier.isFinal(field.getModifiers());
  }

  private static boolean isSupported(Class<?> type) {
    return type == KubrigCluster.class || type == KubernetesClient.class || type.getName().equals(OFFICIAL);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return isSupported(parameter.getParameter().getType());
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    KubrigCluster cluster =
        cluster(context).orElseThrow(() ->
            new IllegalStateException("with a cluster for each method there is none for " + context.getDisplayName()));
    return value(parameter.getParameter().getType(), parameter.getParameter(), cluster, context);
  }

  private static Object value(Class<?> type, AnnotatedElement where, KubrigCluster cluster, ExtensionContext context) {
    if (type == KubrigCluster.class) {
      return cluster;
    }
    AsUser user = where.getAnnotation(AsUser.class);
    if (type.getName().equals(OFFICIAL)) {
      return OfficialClient.injected(cluster, user, closing -> store(context).put(closing, closing)); // closed with the store
    }
    if (user == null) {
      return cluster.client();
    }
    KubernetesClient client = cluster.clientFor(user.value(), user.groups());
    store(context).put(client, (AutoCloseable) client::close); // closed with the store
    return client;
  }

  @Override
  public void afterTestExecution(ExtensionContext context) {
    context.getExecutionException().ifPresent(failure -> cluster(context).ifPresent(cluster -> tell(failure, cluster)));
  }

  private static void tell(Throwable failure, KubrigCluster cluster) {
    failure.addSuppressed(new Timeline("at " + cluster.now() + "; what was written last:\n" + cluster.traffic().report(REPORTED)));
  }

  /** Not a failure of its own: what is printed with one. */
  private static final class Timeline extends Exception {
    private static final long serialVersionUID = 1L;

    Timeline(String report) {
      super(report, null, false, false);
    }

    @Override
    public String toString() {
      return "the cluster " + getMessage();
    }
  }
}
