package io.kubrig.standalone.kubeadm;

import io.fabric8.kubernetes.api.model.Cluster;
import io.fabric8.kubernetes.api.model.Config;
import io.fabric8.kubernetes.api.model.NamedCluster;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.kubrig.machinery.component.StartException;
import io.kubrig.machinery.pki.PemFiles;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Where a cluster is and who vouches for it: what everybody may read of the ConfigMap {@code kube-public/cluster-info}.
 *
 * @param server {@code https://host:port}
 * @param authority PEM
 */
public record ClusterInfo(String server, String authority) {
  static final String KUBECONFIG = "kubeconfig";
  static final String SIGNATURE = "jws-kubeconfig-";

  /** As a kubeconfig without users. */
  public String kubeconfig() {
    return """
        apiVersion: v1
        clusters:
        - cluster:
            certificate-authority-data: %s
            server: %s
          name: ""
        contexts: null
        current-context: ""
        kind: Config
        users: null
        """.formatted(Base64.getEncoder().encodeToString(authority.getBytes(StandardCharsets.US_ASCII)), server);
  }

  /** Reads a kubeconfig with one cluster. @throws StartException when it has none that can be used */
  static ClusterInfo parse(String kubeconfig) {
    try {
      Config config = Serialization.unmarshal(kubeconfig, Config.class);
      Cluster cluster = Optional.ofNullable(config.getClusters()).orElse(List.of()).stream().map(NamedCluster::getCluster).findFirst()
          .orElseThrow(() -> malformed("it names no cluster"));
      if (cluster.getServer() == null || cluster.getCertificateAuthorityData() == null) {
        throw malformed("its cluster lacks the server or the certificate authority");
      }
      return new ClusterInfo(cluster.getServer(),
          new String(Base64.getDecoder().decode(cluster.getCertificateAuthorityData()), StandardCharsets.US_ASCII));
    } catch (IllegalArgumentException e) {
      throw malformed(e.getMessage());
    }
  }

  private static StartException malformed(String why) {
    return new StartException("malformed kubeconfig in the cluster-info ConfigMap: " + why);
  }

  /** Those who vouch for the server. */
  public List<X509Certificate> authorities() {
    return PemFiles.certificates(authority, "the cluster-info ConfigMap");
  }

  /**
   * The kubeconfig in the data of the ConfigMap, once its signature by a token is checked.
   *
   * @throws StartException when there is none, or it is not signed by this token
   */
  static String signed(Map<String, String> data, BootstrapToken token) {
    String kubeconfig = data.getOrDefault(KUBECONFIG, "");
    if (kubeconfig.isEmpty()) {
      throw new StartException("there is no kubeconfig key in the cluster-info ConfigMap. This API Server isn't set up for token "
          + "bootstrapping, can't connect");
    }
    String signature = data.getOrDefault(SIGNATURE + token.id(), "");
    if (signature.isEmpty()) {
      throw new StartException("token id \"" + token.id() + "\" is invalid for this cluster or it has expired. Use \"kubrig token create\" "
          + "on the control-plane node to create a new valid token");
    }
    if (!isSignedBy(signature, kubeconfig, token)) {
      throw new StartException("failed to verify JWS signature of received cluster info object, can't trust this API Server");
    }
    return kubeconfig;
  }

  /** Whether a JSON web signature without payload (RFC 7515, appendix F) is that of a token: HMAC with SHA-256. */
  static boolean isSignedBy(String signature, String content, BootstrapToken token) {
    Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
    String header = base64.encodeToString(("{\"alg\":\"HS256\",\"kid\":\"" + token.id() + "\"}").getBytes(StandardCharsets.UTF_8));
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(token.secret().getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      byte[] code = mac.doFinal((header + "." + base64.encodeToString(content.getBytes(StandardCharsets.UTF_8)))
          .getBytes(StandardCharsets.US_ASCII));
      byte[] right = (header + ".." + base64.encodeToString(code)).getBytes(StandardCharsets.US_ASCII);
      return MessageDigest.isEqual(right, signature.getBytes(StandardCharsets.US_ASCII));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK offers no HMAC with SHA-256", e);
    }
  }
}
