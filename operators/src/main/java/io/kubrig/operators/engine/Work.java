package io.kubrig.operators.engine;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Version;

/** A key in the dress of a resource, so that the Java Operator SDK can carry it. It never leaves the process. */
@Group("engine.kubrig.io")
@Version("v1")
final class Work implements HasMetadata, Namespaced {
  private static final long serialVersionUID = 1L;
  private ObjectMeta metadata = new ObjectMeta();

  static Work of(Key key) {
    Work work = new Work();
    work.metadata.setNamespace(key.namespace().isEmpty() ? null : key.namespace());
    work.metadata.setName(key.name());
    return work;
  }

  @Override
  public ObjectMeta getMetadata() {
    return metadata;
  }

  @Override
  public void setMetadata(ObjectMeta metadata) {
    this.metadata = metadata;
  }

  @Override
  public void setApiVersion(String version) {
    throw new UnsupportedOperationException("the version of Work is fixed");
  }
}
