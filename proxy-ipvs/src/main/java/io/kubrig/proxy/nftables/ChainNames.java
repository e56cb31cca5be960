package io.kubrig.proxy.nftables;

import io.kubrig.proxy.service.Addresses;
import io.kubrig.proxy.service.ProxyEndpoint;
import io.kubrig.proxy.service.ServicePortName;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Names of the chains and sets of a service port and of its endpoints, equal to kube-proxy's; pure. */
final class ChainNames {
  private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  private static final int BASE_LIMIT = 240;

  private ChainNames() {
  }

  static String base(ServicePortName name) {
    return hashed(path(name));
  }

  static String base(ServicePortName name, ProxyEndpoint endpoint) {
    return hashed(path(name) + "__" + Addresses.text(endpoint.address()).replace(':', '.') + "/" + endpoint.port());
  }

  private static String path(ServicePortName name) {
    return name.namespace() + "/" + name.name() + "/" + name.protocol().label() + "/" + name.port();
  }

  /** The name after eight characters of its hash, so that similar names look different; cut when too long. */
  private static String hashed(String name) {
    String full = hash(name) + "-" + name;
    return full.length() > BASE_LIMIT ? full.substring(0, BASE_LIMIT - 3) + "..." : full;
  }

  /** The first 40 bits of SHA-256 in base 32. */
  private static String hash(String name) {
    byte[] digest;
    try {
      digest = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
    long bits = 0;
    for (int i = 0; i < 5; i++) {
      bits = bits << 8 | digest[i] & 0xff;
    }
    StringBuilder text = new StringBuilder();
    for (int shift = 35; shift >= 0; shift -= 5) {
      text.append(BASE32.charAt((int) (bits >> shift) & 31));
    }
    return text.toString();
  }
}
