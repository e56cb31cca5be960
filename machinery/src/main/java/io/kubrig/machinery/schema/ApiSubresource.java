package io.kubrig.machinery.schema;

import java.util.List;

/**
 * A part of a resource with a path of its own.
 *
 * @param kind of what is read and written there; may be of another group ({@code autoscaling/v1 Scale})
 * @param verbs sorted
 * @param foreign whether discovery names the kind's group and version because they are not the resource's
 */
public record ApiSubresource(String name, GroupVersionKind kind, List<String> verbs, boolean foreign) {
  public ApiSubresource {
    verbs = List.copyOf(verbs);
  }
}
