package io.kubrig.proxy.routes;

import io.kubrig.proxy.service.Cidr;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** What makes the kernel's routes as they are wanted. @param change routes that are there and lead elsewhere */
record RouteDiff(Map<Cidr, InetAddress> add, Map<Cidr, InetAddress> change, Set<Cidr> remove) {

  static RouteDiff of(Map<Cidr, InetAddress> wanted, Map<Cidr, InetAddress> present) {
    Map<Cidr, InetAddress> add = new HashMap<>();
    Map<Cidr, InetAddress> change = new HashMap<>();
    wanted.forEach((range, gateway) -> {
      if (!present.containsKey(range)) {
        add.put(range, gateway);
      } else if (!present.get(range).equals(gateway)) {
        change.put(range, gateway);
      }
    });
    Set<Cidr> remove = new HashSet<>(present.keySet());
    remove.removeAll(wanted.keySet());
    return new RouteDiff(add, change, remove);
  }
}
