package io.kubrig.scheduler.whatif;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.scheduling.v1.PriorityClass;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.kubrig.scheduler.api.ClusterApi;
import io.kubrig.scheduler.api.KubernetesClusterApi;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What an API server tells a scheduler at its start: everything that decisions depend on, once. */
public final class LiveCluster {
  private LiveCluster() {}

  /** Reads it all; only reading permissions are needed. */
  public static List<HasMetadata> read(KubernetesClient client) throws InterruptedException {
    List<HasMetadata> objects = Collections.synchronizedList(new ArrayList<>());
    objects.addAll(client.resources(PriorityClass.class).list().getItems());
    KubernetesClusterApi api = new KubernetesClusterApi(client);
    try {
      api.watch(new ClusterApi.Listener() {
        @Override
        public void added(HasMetadata object) {
          objects.add(object);
        }

        @Override
        public void updated(HasMetadata object) {}

        @Override
        public void deleted(HasMetadata object) {}
      });
    } finally {
      api.close();
    }
    return List.copyOf(objects);
  }
}
