package io.kubrig.operators.baremetal;

import io.fabric8.kubernetes.api.model.Node;
import io.kubrig.machinery.config.ConfigException;
import io.kubrig.operators.cloud.CloudException;
import io.kubrig.operators.cloud.InstanceMetadata;
import io.kubrig.operators.cloud.Instances;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The machines that a file names. It is read at every question, so that whoever edits it need not restart anything; while it makes no
 * sense nothing is said of any machine. Without a list of machines every node has one, for ever, of which nothing else is known.
 */
final class Inventory implements Instances {
  private final Supplier<BareMetalConfiguration> configuration;

  /** @param configuration reads the file */
  Inventory(Supplier<BareMetalConfiguration> configuration) {
    this.configuration = configuration;
  }

  private Optional<List<Machine>> machines() {
    try {
      return configuration.get().machines();
    } catch (ConfigException e) {
      throw new CloudException("the inventory cannot be read: " + e.getMessage(), e);
    }
  }

  private static Optional<Machine> find(List<Machine> machines, Node node) {
    return machines.stream().filter(machine -> machine.isOf(node)).findFirst();
  }

  @Override
  public boolean exists(Node node) {
    return machines().map(all -> find(all, node).isPresent()).orElse(true);
  }

  @Override
  public boolean isShutDown(Node node) {
    return machines().flatMap(all -> find(all, node)).map(Machine::off).orElse(false);
  }

  @Override
  public Optional<InstanceMetadata> metadata(Node node) {
    String name = node.getMetadata().getName();
    Optional<List<Machine>> machines = machines();
    if (machines.isEmpty()) {
      return Optional.of(InstanceMetadata.of(Machine.providerId(name)));
    }
    return Optional.of(find(machines.get(), node).map(Machine::metadata)
        .orElseThrow(() -> new CloudException("instance not found: the inventory has no machine " + name)));
  }
}
