package io.kubrig.machinery.informers;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;

/** Where informers come from. */
@FunctionalInterface
public interface Informers {
  /** A new informer of all objects of a kind, in all namespaces, that has not been started. */
  SharedIndexInformer<? extends HasMetadata> of(Class<? extends HasMetadata> kind);
}
