package io.kubrig.apiserver.kinds.service;

import io.kubrig.apiserver.kinds.LiveCluster;
import io.kubrig.machinery.tree.Tree;
import java.math.BigInteger;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the stored allocation of node ports in line with the services that there are. A port that is taken without a service having it may
 * be one whose service is just being written: it is given back when it has been so several times running. (Source:
 * registry/core/service/portallocator/controller/repair.go.)
 */
final class PortRepair {
  private static final Logger LOG = LoggerFactory.getLogger(PortRepair.class);
  private static final int SIGHTINGS = 3;

  private final LiveCluster cluster;
  private final NodePorts ports;
  private final Map<Integer, Integer> leaks = new HashMap<>();

  PortRepair(LiveCluster cluster, NodePorts ports) {
    this.cluster = cluster;
    this.ports = ports;
  }

  synchronized void run() {
    cluster.records().revise(NodePorts.KEY, stored -> {
      Tree repaired = ports.allocation(repaired(stored));
      boolean same = repaired.string("range").equals(stored.string("range")) && repaired.string("data").equals(stored.string("data"));
      return same && !stored.isEmpty() ? stored : repaired;
    }, Duration.ZERO);
  }

  private BigInteger repaired(Tree stored) {
    int first = first(stored);
    BigInteger unclaimed = stored.isEmpty() ? BigInteger.ZERO : NodePorts.decoded(stored);
    BigInteger rebuilt = BigInteger.ZERO;
    int base = cluster.settings().firstNodePort();
    for (Tree service : cluster.list("", "services", "")) {
      for (int port : ServiceShape.heldPorts(service.tree("spec"))) {
        rebuilt = claim(service, port, rebuilt, unclaimed, first);
        if (port >= first) {
          unclaimed = unclaimed.clearBit(port - first);
        }
        leaks.remove(port);
      }
    }
    for (int bit = unclaimed.getLowestSetBit(); bit >= 0; bit = unclaimed.getLowestSetBit()) {
      unclaimed = unclaimed.clearBit(bit);
      int port = first + bit;
      if (ports.isInRange(port) && isKept(port)) {
        rebuilt = rebuilt.setBit(port - base);
      }
    }
    return rebuilt;
  }

  private int first(Tree stored) {
    String range = stored.string("range");
    return range.isEmpty() ? cluster.settings().firstNodePort() : Integer.parseInt(range.substring(0, range.indexOf('-')));
  }

  private BigInteger claim(Tree service, int port, BigInteger rebuilt, BigInteger unclaimed, int first) {
    String name = service.tree("metadata").string("name") + "/" + service.tree("metadata").string("namespace");
    int bit = port - cluster.settings().firstNodePort();
    if (!ports.isInRange(port)) {
      LOG.error("the port {} for service {} is not within the port range {}; please recreate", port, name, ports.range());
      return rebuilt;
    }
    if (rebuilt.testBit(bit)) {
      LOG.error("the node port {} for service {} was assigned to multiple services; please recreate", port, name);
    } else if (port < first || !unclaimed.testBit(port - first)) {
      LOG.info("the node port {} for service {} is not allocated; repairing", port, name);
    }
    return rebuilt.setBit(bit);
  }

  /** Whether a port that no service has is left to whoever may be about to use it. */
  private boolean isKept(int port) {
    int left = leaks.getOrDefault(port, SIGHTINGS - 1);
    if (left == 0) {
      LOG.error("the node port {} appears to have leaked: cleaning up", port);
      leaks.remove(port);
      return false;
    }
    leaks.put(port, left - 1);
    return true;
  }
}
