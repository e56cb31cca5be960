package io.kubrig.operators.rootca;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Namespace;
import io.kubrig.operators.engine.Api;
import io.kubrig.operators.engine.ApiErrors;
import io.kubrig.operators.engine.Cached;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.engine.Outcome;
import io.kubrig.operators.engine.Queue;
import java.util.Map;
import java.util.Optional;

/** Keeps the ConfigMap kube-root-ca.crt in every namespace. Keys are namespaces. */
public final class RootCaController implements Controller {
  /** The ConfigMap's name. */
  public static final String NAME = "kube-root-ca.crt";

  private static final String DESCRIPTION_KEY = "kubernetes.io/description";
  private static final String DESCRIPTION =
      "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints "
      + "such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes "
          + "clusters.";

  private final Api api;
  private final Cached<Namespace> namespaces;
  private final Cached<ConfigMap> maps;
  private final Map<String, String> data;

  /** A controller in a manager. */
  public RootCaController(ControllerContext context) {
    this.api = context.api();
    this.namespaces = context.caches().of(Namespace.class);
    this.maps = context.caches().of(ConfigMap.class);
    this.data = Map.of("ca.crt", RootCa.of(context.options(), api.client()));
  }

  @Override
  public void watch(Queue queue) {
    namespaces.watch(namespace -> queue.add(Key.of(namespace)), (before, after) -> queue.add(Key.of(after)), gone -> {});
    maps.watch(added -> {}, (before, after) -> changed(queue, after), gone -> changed(queue, gone));
  }

  private static void changed(Queue queue, ConfigMap map) {
    if (NAME.equals(map.getMetadata().getName())) {
      queue.add(Key.of(map.getMetadata().getNamespace()));
    }
  }

  @Override
  public Outcome reconcile(Key key) {
    boolean wanted = namespaces.get(key).filter(n -> n.getStatus() != null && "Active".equals(n.getStatus().getPhase())).isPresent();
    if (!wanted) {
      return Outcome.DONE;
    }
    Optional<ConfigMap> map = maps.get(key.name(), NAME);
    if (map.isEmpty()) {
      create(key.name());
    } else if (!isRight(map.get(), data)) {
      api.update(new ConfigMapBuilder(Objects.copy(map.get())).withData(data)
          .editMetadata().addToAnnotations(DESCRIPTION_KEY, DESCRIPTION).endMetadata().build());
    }
    return Outcome.DONE;
  }

  static boolean isRight(ConfigMap map, Map<String, String> data) {
    return data.equals(map.getData()) && Objects.orEmpty(map.getBinaryData()).isEmpty()
        && DESCRIPTION.equals(Objects.annotations(map).get(DESCRIPTION_KEY));
  }

  private void create(String namespace) {
    try {
      api.create(new ConfigMapBuilder().withNewMetadata().withName(NAME).withNamespace(namespace)
          .addToAnnotations(DESCRIPTION_KEY, DESCRIPTION).endMetadata().withData(data).build());
    } catch (RuntimeException e) {
      if (!ApiErrors.isAlreadyExists(e) && !ApiErrors.isTerminating(e)) {
        throw e;
      }
    }
  }
}
