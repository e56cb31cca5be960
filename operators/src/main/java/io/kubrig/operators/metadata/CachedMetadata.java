package io.kubrig.operators.metadata;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.kubrig.operators.engine.Cached;

/** The metadata of a kind that is cached anyway: what its one watch brings is not asked for, sent and read a second time. */
public final class CachedMetadata implements MetadataFeed {
  private final ResourceType type;
  private final Cached<?> cached;
  private final Listener listener;
  private final Cached.Subscription subscription;

  /** Begins to tell. @param cached the cache of that kind in that version */
  public CachedMetadata(ResourceType type, Cached<?> cached, Listener listener) {
    this.type = type;
    this.cached = cached;
    this.listener = listener;
    this.subscription = cached.watch(added -> listener.changed(type, null, added.getMetadata()), this::changed,
        gone -> listener.changed(type, gone.getMetadata(), null));
  }

  private void changed(HasMetadata before, HasMetadata after) {
    ObjectMeta old = before.getMetadata();
    ObjectMeta fresh = after.getMetadata();
    if (old.getUid().equals(fresh.getUid())) {
      listener.changed(type, old, fresh);
    } else { // its deletion was missed
      listener.changed(type, old, null);
      listener.changed(type, null, fresh);
    }
  }

  @Override
  public ResourceType type() {
    return type;
  }

  @Override
  public boolean synced() {
    return cached.synced();
  }

  @Override
  public void close() {
    subscription.end();
  }
}
