package io.kubrig.apiserver.kinds.pod;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.status.InternalForm;
import io.kubrig.apiserver.validation.Addresses;
import io.kubrig.machinery.network.IpAddress;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The addresses in a pod's status: at most one of each family. */
final class AddressRules {
  private AddressRules() {}

  static void pod(Tree status, FieldErrors errors) {
    list(status.trees("podIPs"), "core.PodIP", FieldPath.of("status", "podIPs"), errors);
    List<Tree> hosts = status.trees("hostIPs");
    FieldPath path = FieldPath.of("status", "hostIPs");
    if (!hosts.isEmpty() && !status.string("hostIP").equals(hosts.getFirst().string("ip"))) {
      errors.invalid(path.index(0).child("ip"), hosts.getFirst().string("ip"), "must be equal to `hostIP`");
    }
    list(hosts, "core.HostIP", path, errors);
  }

  private static void list(List<Tree> addresses, String type, FieldPath path, FieldErrors errors) {
    List<IpAddress> valid = new ArrayList<>();
    int firstWrong = -1;
    for (int i = 0; i < addresses.size(); i++) {
      Optional<IpAddress> address = Addresses.lenient(addresses.get(i).string("ip"), path.index(i), errors);
      address.ifPresent(valid::add);
      firstWrong = address.isEmpty() && firstWrong < 0 ? i : firstWrong;
    }
    if (addresses.size() <= 1) {
      return;
    }
    if (firstWrong >= 0) {
      String wrong = addresses.get(firstWrong).string("ip");
      errors.internal(path, "failed to check for dual stack with error:invalid IP[" + firstWrong + "]: " + wrong);
    }
    boolean dual = firstWrong < 0 && valid.stream().anyMatch(IpAddress::v6) && !valid.stream().allMatch(IpAddress::v6);
    if (!dual || addresses.size() > 2) {
      errors.invalid(path, InternalForm.of(type, addresses), "may specify no more than one IP for each IP family");
    }
  }
}
