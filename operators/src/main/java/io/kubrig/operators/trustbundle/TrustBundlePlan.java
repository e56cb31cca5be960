package io.kubrig.operators.trustbundle;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * What is to be done so that one bundle of a signer is there, with the right certificates.
 *
 * @param name the bundle's name, which tells signer and content
 * @param create whether it is to be made
 * @param update whether its certificates are to be replaced
 * @param delete the names of earlier ones
 */
record TrustBundlePlan(String name, boolean create, boolean update, List<String> delete) {
  private static final int HASH_BYTES = 12;

  TrustBundlePlan {
    delete = List.copyOf(delete);
  }

  /** Plans for a signer. @param pem its certificates @param known the certificates of the signer's bundles, by name */
  static TrustBundlePlan of(String signer, String pem, Map<String, String> known) {
    String name = name(signer, pem);
    List<String> others = known.keySet().stream().filter(other -> !other.equals(name)).sorted().toList();
    return new TrustBundlePlan(name, !known.containsKey(name), known.containsKey(name) && !pem.equals(known.get(name)), others);
  }

  private static String name(String signer, String pem) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(pem.getBytes(StandardCharsets.UTF_8));
      return signer.replace('/', ':') + ":" + HexFormat.of().formatHex(Arrays.copyOf(hash, HASH_BYTES));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
