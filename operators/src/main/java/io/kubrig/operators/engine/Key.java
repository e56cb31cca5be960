package io.kubrig.operators.engine;

import io.fabric8.kubernetes.api.model.HasMetadata;

/**
 * The name of one piece of work: usually that of an object.
 *
 * @param namespace empty for a cluster-scoped object
 */
public record Key(String namespace, String name) implements Comparable<Key> {
  public Key {
    namespace = namespace == null ? "" : namespace;
  }

  /** The key of an object. */
  public static Key of(HasMetadata object) {
    return new Key(object.getMetadata().getNamespace(), object.getMetadata().getName());
  }

  /** The key of a cluster-scoped object, or of work that is no object. */
  public static Key of(String name) {
    return new Key("", name);
  }

  // Written out, because what the compiler makes of a record is slow where keys are looked up by the thousand.
  @Override
  public boolean equals(Object other) {
    return this == other
        || other instanceof Key key && java.util.Objects.equals(name, key.name) && java.util.Objects.equals(namespace, key.namespace);
  }

  @Override
  public int hashCode() {
    return 31 * java.util.Objects.hashCode(namespace) + java.util.Objects.hashCode(name);
  }

  @Override
  public int compareTo(Key other) {
    int byNamespace = namespace.compareTo(other.namespace);
    return byNamespace != 0 ? byNamespace : name.compareTo(other.name);
  }

  @Override
  public String toString() {
    return namespace.isEmpty() ? name : namespace + "/" + name;
  }
}
