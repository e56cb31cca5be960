package io.kubrig.operators.metadata;

import io.fabric8.kubernetes.api.model.ObjectMeta;

/** All objects of one kind, by metadata, told to a listener until closed: first those that are there, then every change. */
public interface MetadataFeed extends AutoCloseable {
  /** Who is told of changes. */
  interface Listener {
    /** @param before null when the object is new; @param after null when it is gone */
    void changed(ResourceType type, ObjectMeta before, ObjectMeta after);
  }

  /** The kind. */
  ResourceType type();

  /** Whether all objects have been listed once. */
  boolean synced();

  @Override
  void close();
}
