package io.kubrig.scheduler.api;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Passes an informer's events on, and knows when everything that existed at its start has been passed on. */
final class InitialList<T extends HasMetadata> implements ResourceEventHandler<T> {
  private final SharedIndexInformer<T> informer;
  private final ClusterApi.Listener listener;
  private final String kind;
  private CompletableFuture<Void> started;
  /** Guarded by this. */
  private long passedOn;

  InitialList(SharedIndexInformer<T> informer, ClusterApi.Listener listener, String kind) {
    this.informer = informer;
    this.listener = listener;
    this.kind = kind;
  }

  void start() {
    started = informer.start().toCompletableFuture();
  }

  /** Waits until the list is complete and has been passed on. */
  void await() throws InterruptedException {
    try {
      started.get();
    } catch (ExecutionException e) {
      throw new ClusterApiException(0, "cannot list " + kind + ": " + e.getCause().getMessage());
    }
    int existing = informer.getStore().listKeys().size();
    synchronized (this) {
      while (passedOn < existing) {
        wait();
      }
    }
  }

  private synchronized void count() {
    passedOn++;
    notifyAll();
  }

  @Override
  public void onAdd(T object) {
    listener.added(object);
    count();
  }

  @Override
  public void onUpdate(T before, T object) {
    listener.updated(object);
  }

  @Override
  public void onDelete(T object, boolean stateUnknown) {
    listener.deleted(object);
    count();
  }
}
