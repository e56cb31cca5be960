package io.kubrig.standalone.kubeadm;

import io.kubrig.machinery.component.KubernetesVersion;
import io.kubrig.machinery.component.StartException;
import io.kubrig.machinery.config.ConfigFields;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What all machines of a cluster have in common: {@code ClusterConfiguration} of {@code kubeadm.k8s.io/v1beta4}.
 *
 * @param certificatesDir where the keys are on the first machine
 * @param dataDir where the cluster's state is kept there
 * @param controlPlaneEndpoint {@code host} or {@code host:port} that others reach the API by; empty for the first machine's address
 * @param certSans what else the API server's certificate is good for
 */
public record ClusterConfiguration(
    Path certificatesDir, Path dataDir, String controlPlaneEndpoint, List<String> certSans, Networking networking) {

  public ClusterConfiguration {
    certSans = List.copyOf(certSans);
    if (!controlPlaneEndpoint.isEmpty() && !controlPlaneEndpoint.matches("[A-Za-z0-9.-]+(:\\d{1,5})?")) {
      throw new StartException("--control-plane-endpoint \"" + controlPlaneEndpoint + "\" must be a host name or address, with a port or "
          + "without, such as api.example.org:6443");
    }
    for (String name : certSans) {
      if (!name.matches("[A-Za-z0-9*][A-Za-z0-9.:*-]*")) {
        throw new StartException("--apiserver-cert-extra-sans: \"" + name + "\" is neither an address nor a DNS name");
      }
    }
  }

  /** What a file says. @param absent what is taken where it says nothing */
  public static ClusterConfiguration of(KubeadmFile file, ClusterConfiguration absent) {
    ConfigFields fields = file.document(KubeadmFile.CLUSTER).orElse(null);
    if (fields == null) {
      return absent;
    }
    checkVersion(fields.text("kubernetesVersion", KubernetesVersion.GIT_VERSION));
    ConfigFields apiServer = fields.fields("apiServer");
    file.ignore(apiServer, "apiServer.", "extraArgs", "extraVolumes", "extraEnvs", "timeoutForControlPlane");
    ConfigFields etcd = fields.fields("etcd");
    ConfigFields local = etcd.fields("local");
    file.ignore(local, "etcd.local.", "imageRepository", "imageTag", "extraArgs", "extraEnvs", "serverCertSANs", "peerCertSANs");
    file.ignore(etcd, "etcd.", "external");
    String name = fields.text("clusterName", "kubernetes");
    if (!name.equals("kubernetes")) {
      throw fields.invalid("clusterName", "clusters are called kubernetes here");
    }
    fields.ignore("encryptionAlgorithm"); // keys are ECDSA-P256, those of service accounts and kubeconfigs RSA-2048
    fields.ignore("imageRepository"); // no part of the control plane runs from an image
    file.ignore(fields, "", "controllerManager", "scheduler", "dns", "proxy", "featureGates", "certificateValidityPeriod",
        "caCertificateValidityPeriod");
    return new ClusterConfiguration(
        Path.of(fields.text("certificatesDir", absent.certificatesDir.toString())),
        Path.of(local.text("dataDir", absent.dataDir.toString())),
        fields.text("controlPlaneEndpoint", absent.controlPlaneEndpoint),
        apiServer.texts("certSANs", absent.certSans),
        networking(fields.fields("networking"), absent.networking));
  }

  private static Networking networking(ConfigFields fields, Networking absent) {
    return new Networking(fields.text("serviceSubnet", absent.serviceSubnet()), fields.text("podSubnet", absent.podSubnet()),
        fields.text("dnsDomain", absent.dnsDomain()));
  }

  /** @throws StartException when it is another minor version than the one that is built in */
  public static void checkVersion(String version) {
    String minor = "v" + KubernetesVersion.MAJOR + "." + KubernetesVersion.MINOR;
    if (!version.equals(minor) && !version.startsWith(minor + ".") && !version.equals("stable-1") && !version.equals("stable-1.36")) {
      throw new StartException("--kubernetes-version \"" + version + "\" is not what this program speaks: "
          + KubernetesVersion.GIT_VERSION);
    }
  }

  /** The document, as the ConfigMap {@code kubeadm-config} has it. */
  public String yaml() {
    String sans = certSans.isEmpty() ? "apiServer: {}"
        : "apiServer:\n  certSANs:\n" + certSans.stream().map(name -> "  - \"" + name + "\"").collect(Collectors.joining("\n"));
    String endpoint = controlPlaneEndpoint.isEmpty() ? "" : "controlPlaneEndpoint: " + controlPlaneEndpoint + "\n";
    return """
        %s
        apiVersion: kubeadm.k8s.io/v1beta4
        caCertificateValidityPeriod: 87600h0m0s
        certificateValidityPeriod: 8760h0m0s
        certificatesDir: %s
        clusterName: kubernetes
        %scontrollerManager: {}
        dns: {}
        encryptionAlgorithm: ECDSA-P256
        etcd:
          local:
            dataDir: %s
        imageRepository: registry.k8s.io
        kind: ClusterConfiguration
        kubernetesVersion: %s
        networking:
          dnsDomain: %s
          podSubnet: %s
          serviceSubnet: %s
        proxy: {}
        scheduler: {}
        """.formatted(sans, certificatesDir, endpoint, dataDir, KubernetesVersion.GIT_VERSION, networking.dnsDomain(),
        networking.podSubnet(), networking.serviceSubnet());
  }
}
