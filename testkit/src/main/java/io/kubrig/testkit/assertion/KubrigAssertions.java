package io.kubrig.testkit.assertion;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.kubrig.testkit.KubrigCluster;

/** Where assertions begin: import {@code assertThat} statically. */
public final class KubrigAssertions {
  private KubrigAssertions() {}

  public static ObjectAssertions assertThat(HasMetadata object) {
    return new ObjectAssertions(object);
  }

  public static ClusterAssertions assertThat(KubrigCluster cluster) {
    return new ClusterAssertions(cluster);
  }
}
