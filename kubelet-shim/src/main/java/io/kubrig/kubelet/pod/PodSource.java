package io.kubrig.kubelet.pod;

import io.fabric8.kubernetes.api.model.Pod;

/** Where pods for this node come from. */
public interface PodSource extends AutoCloseable {
  /** Begins to tell the listener; returns at once. */
  void start(Listener listener);

  /** Whether every pod that was there at the start has been told. Until then nothing unknown may be taken for an orphan. */
  boolean ready();

  @Override
  void close();

  /** Hears of pods. Calls come from one thread at a time. */
  interface Listener {
    /** A pod is there, new or changed. */
    void present(Pod pod);

    /** A pod is gone. */
    void gone(Pod pod);
  }
}
