package io.kubrig.operators.baremetal;

import io.kubrig.machinery.config.ConfigException;
import io.kubrig.machinery.config.ConfigFields;
import io.kubrig.machinery.config.ConfigFile;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The file of {@code --cloud-config}.
 *
 * @param pool ranges of addresses for services
 * @param machines the inventory; empty when the file has none, and then every node is a machine
 */
record BareMetalConfiguration(List<String> pool, Optional<List<Machine>> machines) {
  static final String KIND = "BareMetalConfiguration";
  static final List<String> VERSIONS = List.of("cloud.kubrig.io/v1alpha1");
  private static final String NAME = "name";

  static BareMetalConfiguration empty() {
    return new BareMetalConfiguration(List.of(), Optional.empty());
  }

  /** Reads a file; an empty name means none. @throws ConfigException it makes no sense */
  static BareMetalConfiguration read(String file) {
    return file.isEmpty() ? empty() : of(ConfigFile.read(Path.of(file), KIND, VERSIONS).fields());
  }

  static BareMetalConfiguration of(ConfigFields fields) {
    List<String> pool = fields.texts("loadBalancerPool", List.of());
    for (String range : pool) {
      try {
        AddressRange.parse(range);
      } catch (IllegalArgumentException e) {
        throw fields.invalid("loadBalancerPool", e.getMessage());
      }
    }
    boolean inventory = fields.has("machines");
    List<Machine> machines = fields.list("machines").stream().map(BareMetalConfiguration::machine).toList();
    fields.finish();
    unique(fields, machines);
    return new BareMetalConfiguration(pool, inventory ? Optional.of(machines) : Optional.empty());
  }

  private static Machine machine(ConfigFields fields) {
    String name = fields.text(NAME, "");
    if (name.isEmpty()) {
      throw fields.invalid(NAME, "a machine needs the name of its node");
    }
    return new Machine(name, fields.text("id", name), fields.text("type", ""), fields.text("zone", ""), fields.text("region", ""),
        fields.texts("addresses", List.of()), fields.texts("externalAddresses", List.of()), fields.textMap("labels", Map.of()),
        fields.bool("poweredOff", false));
  }

  private static void unique(ConfigFields fields, List<Machine> machines) {
    Set<String> names = new HashSet<>();
    Set<String> ids = new HashSet<>();
    for (Machine machine : machines) {
      if (!names.add(machine.name()) || !ids.add(machine.id())) {
        throw fields.invalid("machines", "the name or id of " + machine.name() + " is there twice");
      }
    }
  }
}
