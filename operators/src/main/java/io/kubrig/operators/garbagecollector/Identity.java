package io.kubrig.operators.garbagecollector;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.metadata.ResourceType;
import java.util.List;

/** Which object is meant. @param namespace empty for a cluster-scoped object */
record Identity(String apiVersion, String kind, String namespace, String name, String uid) {
  Identity {
    namespace = namespace == null ? "" : namespace;
  }

  static Identity of(ResourceType type, ObjectMeta object) {
    return new Identity(type.apiVersion(), type.kind(), object.getNamespace(), object.getName(), object.getUid());
  }

  /** The owner that a reference of an object in a namespace names. */
  static Identity of(OwnerReference owner, String namespace) {
    return new Identity(owner.getApiVersion(), owner.getKind(), namespace, owner.getName(), owner.getUid());
  }

  /** The references of an object that name an owner in full; what servers that check nothing let through besides is nobody. */
  static List<OwnerReference> owners(ObjectMeta object) {
    return Objects.orEmpty(object.getOwnerReferences()).stream().filter(ref -> ref.getUid() != null && ref.getName() != null
        && ref.getKind() != null && ref.getApiVersion() != null).toList();
  }

  Identity in(String otherNamespace) {
    return new Identity(apiVersion, kind, otherNamespace, name, uid);
  }

  /** Whether a reference names these coordinates, whatever the namespace. */
  boolean isNamedBy(OwnerReference owner) {
    return uid.equals(owner.getUid()) && name.equals(owner.getName()) && kind.equals(owner.getKind())
        && apiVersion.equals(owner.getApiVersion());
  }

  ObjectReference reference() {
    return new ObjectReferenceBuilder().withApiVersion(apiVersion).withKind(kind).withNamespace(namespace.isEmpty() ? null : namespace)
        .withName(name).withUid(uid).build();
  }

  @Override
  public String toString() {
    return "[" + apiVersion + "/" + kind + ", namespace: " + namespace + ", name: " + name + ", uid: " + uid + "]";
  }
}
