package io.kubrig.operators.baremetal;

import io.kubrig.operators.cloud.CloudProvider;
import io.kubrig.operators.cloud.CloudProviders;
import io.kubrig.operators.cloud.Instances;
import io.kubrig.operators.cloud.LoadBalancers;
import io.kubrig.operators.cloud.Routes;
import java.util.Optional;

/** Machines in a rack. Without a pool there are no load balancers. */
record BareMetal(Optional<LoadBalancers> loadBalancers, Optional<Instances> instances, Optional<Routes> routes) implements CloudProvider {
  @Override
  public String name() {
    return CloudProviders.BARE_METAL;
  }
}
