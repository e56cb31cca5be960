package io.kubrig.operators.certificates;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Key usages by the names of the certificates API. */
final class Usages {
  private static final Map<String, Integer> KEY = Map.of("signing", 0x80, "digital signature", 0x80, "content commitment", 0x40,
      "key encipherment", 0x20, "data encipherment", 0x10, "key agreement", 0x08, "cert sign", 0x04, "crl sign", 0x02, "encipher only",
          0x01);
  private static final Map<String, String> EXTENDED =
      Map.ofEntries(Map.entry("any", "2.5.29.37.0"), Map.entry("server auth", "1.3.6.1.5.5.7.3.1"),
      Map.entry("client auth", "1.3.6.1.5.5.7.3.2"), Map.entry("code signing", "1.3.6.1.5.5.7.3.3"),
      Map.entry("email protection", "1.3.6.1.5.5.7.3.4"), Map.entry("s/mime", "1.3.6.1.5.5.7.3.4"),
      Map.entry("ipsec end system", "1.3.6.1.5.5.7.3.5"), Map.entry("ipsec tunnel", "1.3.6.1.5.5.7.3.6"),
      Map.entry("ipsec user", "1.3.6.1.5.5.7.3.7"), Map.entry("timestamping", "1.3.6.1.5.5.7.3.8"),
      Map.entry("ocsp signing", "1.3.6.1.5.5.7.3.9"), Map.entry("microsoft sgc", "1.3.6.1.4.1.311.10.3.3"),
      Map.entry("netscape sgc", "2.16.840.1.113730.4.1"));

  private Usages() {}

  /** The bits of KeyUsage. */
  static int bits(Collection<String> usages) {
    return usages.stream().mapToInt(usage -> KEY.getOrDefault(usage, 0)).reduce(0, (a, b) -> a | b);
  }

  /** The extended usages by object identifier. */
  static List<String> extended(Set<String> usages) {
    return usages.stream().filter(EXTENDED::containsKey).sorted().map(EXTENDED::get).distinct().toList();
  }
}
