package io.kubrig.apiserver.kinds.service;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.validation.Addresses;
import io.kubrig.machinery.network.IpAddress;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The cluster IPs of a Service and their families: what they must look like, and what they become where they are left open. (Source:
 * KEP-563.)
 */
final class ServiceFamilies {
  static final String V4 = "IPv4";
  static final String V6 = "IPv6";
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final FieldPath IPS = SPEC.child("clusterIPs");
  private static final FieldPath POLICY = SPEC.child("ipFamilyPolicy");
  private static final String UNCHANGED = "may not change once set";
  private static final String SINGLE = "SingleStack";
  private static final String PREFER = "PreferDualStack";
  private static final String REQUIRE = "RequireDualStack";

  private ServiceFamilies() {}

  // ---- rules ---------------------------------------------------------------------------------------------------------

  static void check(Tree spec, FieldErrors errors) {
    if (ServiceShape.isExternalName(spec)) {
      return;
    }
    List<String> ips = spec.strings("clusterIPs");
    String ip = spec.string("clusterIP");
    if (!ip.isEmpty() && ips.isEmpty()) {
      errors.required(IPS, "");
    } else if (ip.isEmpty() && !ips.isEmpty()) {
      errors.invalid(IPS, shown(ips), "must be empty when `clusterIP` is not specified");
    } else if (!ip.isEmpty() && !ips.isEmpty() && !ips.getFirst().equals(ip)) {
      errors.invalid(IPS, shown(ips), "first value must match `clusterIP`");
    }
    families(spec, errors);
    if (spec.get("ipFamilyPolicy") != null && !List.of(PREFER, REQUIRE, SINGLE).contains(spec.string("ipFamilyPolicy"))) {
      errors.notSupported(POLICY, spec.string("ipFamilyPolicy"), List.of(PREFER, REQUIRE, SINGLE));
    }
    if (addresses(ips, errors)) {
      agreement(spec, ips, errors);
    }
  }

  private static void families(Tree spec, FieldErrors errors) {
    List<String> families = spec.strings("ipFamilies");
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < families.size(); i++) {
      FieldPath path = SPEC.child("ipFamilies").index(i);
      String family = families.get(i);
      if (!family.equals(V4) && !family.equals(V6)) {
        errors.notSupported(path, family, List.of(V4, V6));
      }
      if (!seen.add(family)) {
        errors.duplicate(path, family);
      }
    }
  }

  /** Whether each address is one, so that their families can be looked at. */
  private static boolean addresses(List<String> ips, FieldErrors errors) {
    boolean valid = true;
    for (int i = 0; i < ips.size(); i++) {
      if (i == 0 && ips.get(i).equals(ServiceShape.NONE)) {
        if (ips.size() > 1) {
          errors.invalid(IPS, shown(ips), "'None' must be the first and only value");
          valid = false;
        }
        continue;
      }
      valid &= Addresses.lenient(ips.get(i), IPS.index(i), errors).isPresent();
    }
    if (ips.size() > 2) {
      errors.invalid(IPS, shown(ips), "may only hold up to 2 values");
    }
    return valid;
  }

  private static void agreement(Tree spec, List<String> ips, FieldErrors errors) {
    if (ips.isEmpty() || ips.getFirst().equals(ServiceShape.NONE)) {
      return;
    }
    if (ips.size() > 1 && ips.stream().map(ServiceFamilies::familyOf).distinct().count() < 2) {
      errors.invalid(IPS, shown(ips), "may specify no more than one IP for each IP family");
    }
    List<String> families = spec.strings("ipFamilies");
    for (int i = 0; i < Math.min(ips.size(), families.size()); i++) {
      boolean known = families.get(i).equals("IPv4") || families.get(i).equals("IPv6");
      if (known && !familyOf(ips.get(i)).equals(families.get(i))) {
        errors.invalid(IPS.index(i), ips.get(i), "expected an " + families.get(i) + " value as indicated by `ipFamilies[" + i + "]`");
      }
    }
  }

  static void checkUpdate(Tree spec, Tree old, FieldErrors errors) {
    if (ServiceShape.isExternalName(spec) || ServiceShape.isExternalName(old)) {
      return;
    }
    boolean headless = ServiceShape.isHeadless(spec);
    boolean wasHeadless = ServiceShape.isHeadless(old);
    if (!headless || !wasHeadless) {
      addressUpdate(spec, old, errors);
    }
    if (!headless && !wasHeadless) {
      familyUpdate(spec, old, errors);
    }
  }

  private static void addressUpdate(Tree spec, Tree old, FieldErrors errors) {
    List<String> ips = spec.strings("clusterIPs");
    List<String> before = old.strings("clusterIPs");
    if (before.size() > ips.size() && ips.isEmpty()) {
      errors.invalid(IPS.index(0), spec.get("clusterIPs"), "primary clusterIP can not be unset");
    }
    int compared = ips.size() == before.size() ? ips.size() : Math.min(1, Math.min(ips.size(), before.size()));
    for (int i = 0; i < compared; i++) {
      if (!ips.get(i).equals(before.get(i))) {
        errors.invalid(IPS.index(i), shown(ips), UNCHANGED);
      }
    }
    if (before.size() > ips.size() && ips.size() == 1) {
      release(spec, "must be set to 'SingleStack' when releasing the secondary clusterIP", errors);
    }
  }

  private static void familyUpdate(Tree spec, Tree old, FieldErrors errors) {
    FieldPath path = SPEC.child("ipFamilies").index(0);
    List<String> families = spec.strings("ipFamilies");
    List<String> before = old.strings("ipFamilies");
    if (families.size() == before.size()) {
      for (int i = 0; i < families.size(); i++) {
        if (!families.get(i).equals(before.get(i))) {
          errors.invalid(path, shown(families), UNCHANGED); // native always names the first
        }
      }
      return;
    }
    if (before.size() > families.size() && spec.list("clusterIPs").isEmpty()) {
      errors.invalid(path, spec.get("ipFamilies"), "primary ipFamily can not be unset");
    }
    if (!families.isEmpty() && !before.isEmpty() && !families.getFirst().equals(before.getFirst())) {
      errors.invalid(path, spec.get("clusterIPs"), UNCHANGED); // native shows the addresses
    }
    if (before.size() > families.size() && families.size() == 1) {
      release(spec, "must be set to 'SingleStack' when releasing the secondary ipFamily", errors);
    }
  }

  private static void release(Tree spec, String words, FieldErrors errors) {
    if (!spec.string("ipFamilyPolicy").equals(SINGLE)) {
      errors.invalid(POLICY, spec.get("ipFamilyPolicy"), words);
    }
  }

  // ---- settling ------------------------------------------------------------------------------------------------------

  /**
   * Decides policy and families that are left open, as far as that can be done without allocating.
   *
   * @param old the spec before, null on create
   * @param configured the families of the cluster, its default first
   */
  static void settle(Tree spec, Tree old, List<String> configured, FieldErrors errors) {
    if (ServiceShape.isExternalName(spec) || (old != null && staysPreferring(spec, old))) {
      return;
    }
    boolean open = ServiceShape.isHeadless(spec) && spec.tree("selector").isEmpty();
    if (spec.get("ipFamilyPolicy") == null) {
      boolean keeps = old != null && old.get("ipFamilyPolicy") != null;
      spec.set("ipFamilyPolicy", keeps ? old.string("ipFamilyPolicy") : open ? REQUIRE : SINGLE);
    }
    check(spec, errors);
    if (!errors.isEmpty()) {
      return;
    }
    String policy = spec.string("ipFamilyPolicy");
    if (old != null) {
      reduce(spec, old, policy, errors);
    }
    if (policy.equals(SINGLE)) {
      refusePairs(spec, errors);
    }
    inferFamilies(spec, configured, errors);
    if (!errors.isEmpty()) {
      return;
    }
    if (!open) {
      checkConfigured(spec, policy, configured, errors);
    }
    if (errors.isEmpty()) {
      complete(spec, policy, configured, open || configured.size() == 2);
    }
  }

  /** A service that prefers two families is not changed by the cluster gaining or losing one. */
  private static boolean staysPreferring(Tree spec, Tree old) {
    return spec.string("ipFamilyPolicy").equals(PREFER)
        && (old.get("ipFamilyPolicy") == null || old.string("ipFamilyPolicy").equals(PREFER))
        && spec.string("type").equals(old.string("type"))
        && ServiceShape.hasClusterIp(spec)
        && ServiceShape.same(spec, old, "clusterIPs")
        && ServiceShape.same(spec, old, "ipFamilies");
  }

  private static void reduce(Tree spec, Tree old, String policy, FieldErrors errors) {
    for (String member : List.of("clusterIPs", "ipFamilies")) {
      List<String> now = spec.strings(member);
      List<String> before = old.strings(member);
      if (policy.equals(SINGLE)) {
        if (now.equals(before) && now.size() > 1) {
          spec.set(member, new ArrayList<Object>(List.of(now.getFirst())));
        }
      } else if (!now.isEmpty() && now.size() < before.size()) {
        String what = member.equals("clusterIPs") ? "secondary cluster IP" : "secondary IP family";
        errors.invalid(POLICY, policy, "must be 'SingleStack' to release the " + what);
      }
    }
  }

  private static void refusePairs(Tree spec, FieldErrors errors) {
    String words = "must be 'RequireDualStack' or 'PreferDualStack' when multiple ";
    if (spec.list("clusterIPs").size() == 2) {
      errors.invalid(POLICY, SINGLE, words + "cluster IPs are specified");
    }
    if (spec.list("ipFamilies").size() == 2) {
      errors.invalid(POLICY, SINGLE, words + "IP families are specified");
    }
  }

  private static void inferFamilies(Tree spec, List<String> configured, FieldErrors errors) {
    List<String> ips = spec.strings("clusterIPs");
    for (int i = spec.list("ipFamilies").size(); i < ips.size(); i++) {
      if (ips.get(i).equals(ServiceShape.NONE)) {
        return;
      }
      String family = familyOf(ips.get(i));
      if (configured.contains(family)) {
        spec.needList("ipFamilies").add(family);
      } else {
        errors.invalid(IPS.index(i), shown(ips), family + " is not configured on this cluster");
      }
    }
  }

  private static void checkConfigured(Tree spec, String policy, List<String> configured, FieldErrors errors) {
    if (policy.equals(REQUIRE) && configured.size() < 2) {
      errors.invalid(POLICY, policy, "this cluster is not configured for dual-stack services");
    }
    List<String> families = spec.strings("ipFamilies");
    for (int i = 0; i < families.size(); i++) {
      if (!configured.contains(families.get(i))) {
        errors.invalid(SPEC.child("ipFamilies").index(i), families.get(i), "not configured on this cluster");
      }
    }
  }

  private static void complete(Tree spec, String policy, List<String> configured, boolean canBeTwo) {
    List<Object> families = spec.needList("ipFamilies");
    if (families.isEmpty()) {
      families.add(configured.getFirst());
    }
    if (!policy.equals(SINGLE) && families.size() == 1 && canBeTwo) {
      families.add(families.getFirst().equals(V4) ? V6 : V4);
    }
  }

  static String familyOf(String ip) {
    return IpAddress.parse(ip).filter(IpAddress::v6).isPresent() ? V6 : V4;
  }

  static List<Object> shown(List<String> texts) {
    return new ArrayList<>(texts);
  }
}
