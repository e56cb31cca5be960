package io.kubrig.apiserver.kinds.pod;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.validation.Addresses;
import io.kubrig.machinery.network.IpAddress;
import io.kubrig.machinery.tree.Tree;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The addresses in a pod's status: at most one of each family. */
final class AddressRules {
  private AddressRules() {}

  static void pod(Tree status, FieldErrors errors) {
    list(status.trees("podIPs"), FieldPath.of("status", "podIPs"), "may specify no more than one IP for each IP family", errors);
    List<Tree> hosts = status.trees("hostIPs");
    if (!hosts.isEmpty() && !status.string("hostIP").equals(hosts.getFirst().string("ip"))) {
      errors.invalid(FieldPath.of("status", "hostIPs").index(0).child("ip"), hosts.getFirst().string("ip"), "must be equal to `hostIP`");
    }
    list(hosts, FieldPath.of("status", "hostIPs"), "may specify no more than one IP for each IP family", errors);
  }

  private static void list(List<Tree> addresses, FieldPath path, String tooMany, FieldErrors errors) {
    Set<String> seen = new HashSet<>();
    int v4 = 0;
    int v6 = 0;
    for (int i = 0; i < addresses.size(); i++) {
      String text = addresses.get(i).string("ip");
      Optional<IpAddress> address = Addresses.lenient(text, path.index(i), errors);
      if (!seen.add(text)) {
        errors.duplicate(path.index(i), text);
      }
      if (address.isPresent()) {
        v4 += address.get().v6() ? 0 : 1;
        v6 += address.get().v6() ? 1 : 0;
      }
    }
    if (addresses.size() > 1 && (v4 > 1 || v6 > 1)) {
      errors.invalid(path, addresses, tooMany);
    }
  }
}
