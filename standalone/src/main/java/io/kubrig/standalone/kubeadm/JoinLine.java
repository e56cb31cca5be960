package io.kubrig.standalone.kubeadm;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.Collectors;

/** The command by which other machines join. */
public final class JoinLine {
  private JoinLine() {}

  /**
   * @param endpoint {@code host:port}
   * @param token or what stands for it
   */
  public static String of(String endpoint, String token, List<X509Certificate> authorities) {
    String hashes = authorities.stream().map(one -> "--discovery-token-ca-cert-hash " + PublicKeyPins.hash(one))
        .collect(Collectors.joining(" "));
    return "kubrig join " + endpoint + " --token " + token + " \\\n\t" + hashes;
  }

  /** The same on one line. */
  public static String flat(String line) {
    return line.replace("\\\n\t", "");
  }
}
