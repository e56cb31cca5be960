package io.kubrig.testkit;

import io.fabric8.kubernetes.client.KubernetesClient;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Keeps one cluster for each test class that wears {@link KubrigTest}. */
final class KubrigExtension implements BeforeAllCallback, ParameterResolver {
  private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(KubrigExtension.class);

  @Override
  public void beforeAll(ExtensionContext context) throws InterruptedException {
    KubrigTest wanted = context.getRequiredTestClass().getAnnotation(KubrigTest.class);
    KubrigCluster cluster =
        KubrigCluster.builder().controllers(wanted.controllers()).scheduler(wanted.scheduler()).nodes(wanted.nodes()).start();
    context.getStore(NAMESPACE).put(KubrigCluster.class, cluster); // closed with the store
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == KubrigCluster.class || type == KubernetesClient.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    KubrigCluster cluster = context.getStore(NAMESPACE).get(KubrigCluster.class, KubrigCluster.class);
    return parameter.getParameter().getType() == KubrigCluster.class ? cluster : cluster.client();
  }
}
