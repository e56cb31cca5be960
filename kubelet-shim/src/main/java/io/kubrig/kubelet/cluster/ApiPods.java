package io.kubrig.kubelet.cluster;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.kubrig.kubelet.pod.PodSource;
import io.kubrig.kubelet.pod.RuntimeLabels;

/** The pods that the cluster bound to this node. Mirror pods only show static pods and are left alone. */
public final class ApiPods implements PodSource {
  private final SharedIndexInformer<Pod> informer;

  public ApiPods(KubernetesClient client, String nodeName) {
    this.informer = client.pods().inAnyNamespace().withField("spec.nodeName", nodeName).runnableInformer(0)
        .exceptionHandler((started, error) -> true);
  }

  @Override
  public void start(Listener listener) {
    informer.addEventHandler(new ResourceEventHandler<>() {
      @Override
      public void onAdd(Pod pod) {
        if (!mirrors(pod)) {
          listener.present(pod);
        }
      }

      @Override
      public void onUpdate(Pod before, Pod pod) {
        if (mirrors(pod)) {
          return;
        }
        // a pod that was deleted and made anew between two lists comes as an update
        if (!before.getMetadata().getUid().equals(pod.getMetadata().getUid())) {
          listener.gone(before);
        }
        listener.present(pod);
      }

      @Override
      public void onDelete(Pod pod, boolean unknown) {
        if (!mirrors(pod)) {
          listener.gone(pod);
        }
      }
    });
    informer.start();
  }

  private static boolean mirrors(Pod pod) {
    return pod.getMetadata().getAnnotations() != null && pod.getMetadata().getAnnotations().containsKey(RuntimeLabels.CONFIG_MIRROR);
  }

  @Override
  public boolean ready() {
    return informer.hasSynced();
  }

  @Override
  public void close() {
    informer.close();
  }
}
