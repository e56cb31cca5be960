package io.kubrig.operators.baremetal;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Service;
import io.kubrig.operators.ControllerManagerOptions;
import io.kubrig.operators.cloud.CloudProvider;
import io.kubrig.operators.cloud.CloudProviderFactory;
import io.kubrig.operators.cloud.CloudProviders;
import io.kubrig.operators.cloud.LoadBalancers;
import io.kubrig.operators.engine.Cached;
import io.kubrig.operators.engine.ControllerContext;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Makes the provider for machines in a rack. */
public final class BareMetalFactory implements CloudProviderFactory {
  @Override
  public String name() {
    return CloudProviders.BARE_METAL;
  }

  @Override
  public void check(ControllerManagerOptions options) {
    pool(options);
  }

  /** The pool of the flag and that of the file, together. */
  private static AddressPool pool(ControllerManagerOptions options) {
    List<String> ranges = Stream.concat(options.strings(CloudProviders.POOL).stream(), configuration(options).pool().stream()).toList();
    return AddressPool.of(ranges);
  }

  private static BareMetalConfiguration configuration(ControllerManagerOptions options) {
    return BareMetalConfiguration.read(options.string("cloud-config"));
  }

  @Override
  public CloudProvider create(ControllerContext context) {
    AddressPool pool = pool(context.options());
    Cached<Service> services = context.caches().of(Service.class);
    Optional<LoadBalancers> balancers =
        pool.ranges().isEmpty() ? Optional.empty() : Optional.of(new PooledLoadBalancers(pool, services::list));
    return new BareMetal(balancers, Optional.of(new Inventory(() -> configuration(context.options()))),
        Optional.of(new PublishedRoutes(context.api(), context.caches().of(Node.class))));
  }
}
