package io.kubrig.operators.certificates;

import io.kubrig.machinery.pki.CertificateRequest;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A signer name that this controller serves, and what may be asked of it. */
enum Signer {
  SERVING("kubernetes.io/kubelet-serving", "kubelet-serving") {
    @Override
    Optional<String> objection(CertificateRequest request, Set<String> usages) {
      if (!request.organizations().equals(NODES)) {
        return Optional.of(NOT_NODES);
      }
      if (request.names().dns().isEmpty() && request.names().addresses().isEmpty()) {
        return Optional.of("DNS or IP subjectAltName is required");
      }
      if (!request.names().emails().isEmpty()) {
        return Optional.of("Email subjectAltNames are not allowed");
      }
      if (!request.names().uris().isEmpty()) {
        return Optional.of("URI subjectAltNames are not allowed");
      }
      if (!isExactly(usages, "server auth")) {
        return Optional.of("usages did not match [digital signature key encipherment server auth]");
      }
      return request.commonName().startsWith(NODE) ? Optional.empty() : Optional.of(NO_NODE);
    }
  },
  KUBELET_CLIENT("kubernetes.io/kube-apiserver-client-kubelet", "kubelet-client") {
    @Override
    Optional<String> objection(CertificateRequest request, Set<String> usages) {
      CertificateRequest.Names names = request.names();
      if (!request.organizations().equals(NODES)) {
        return Optional.of(NOT_NODES);
      }
      if (!names.dns().isEmpty()) {
        return Optional.of("DNS subjectAltNames are not allowed");
      }
      if (!names.emails().isEmpty()) {
        return Optional.of("Email subjectAltNames are not allowed");
      }
      if (!names.addresses().isEmpty()) {
        return Optional.of("IP subjectAltNames are not allowed");
      }
      if (!names.uris().isEmpty()) {
        return Optional.of("URI subjectAltNames are not allowed");
      }
      if (!request.commonName().startsWith(NODE)) {
        return Optional.of(NO_NODE);
      }
      return isExactly(usages, "client auth") ? Optional.empty()
          : Optional.of("usages did not match [client auth digital signature key encipherment]");
    }
  },
  CLIENT("kubernetes.io/kube-apiserver-client", "kube-apiserver-client") {
    @Override
    Optional<String> objection(CertificateRequest request, Set<String> usages) {
      Set<String> allowed = Set.of("digital signature", "key encipherment", "client auth");
      Optional<String> strange = usages.stream().filter(usage -> !allowed.contains(usage)).findFirst();
      if (strange.isPresent()) {
        return Optional.of("invalid usage for client certificate: " + strange.get());
      }
      return usages.contains("client auth") ? Optional.empty() : Optional.of("missing required usage for client certificate: client auth");
    }
  },
  LEGACY("kubernetes.io/legacy-unknown", "legacy-unknown") {
    @Override
    Optional<String> objection(CertificateRequest request, Set<String> usages) {
      return Optional.empty();
    }
  };

  private static final List<String> NODES = List.of("system:nodes");
  private static final String NODE = "system:node:";
  private static final String NOT_NODES = "subject organization is not system:nodes";
  private static final String NO_NODE = "subject common name does not begin with system:node:";

  private final String signerName;
  private final String flag;

  Signer(String signerName, String flag) {
    this.signerName = signerName;
    this.flag = flag;
  }

  /** The signer of a name. */
  static Optional<Signer> of(String name) {
    return Arrays.stream(values()).filter(signer -> signer.signerName.equals(name)).findFirst();
  }

  /** The middle of its own flags. */
  String flag() {
    return flag;
  }

  /** Why a request may not be signed; empty when it may. */
  abstract Optional<String> objection(CertificateRequest request, Set<String> usages);

  private static boolean isExactly(Set<String> usages, String purpose) {
    return usages.equals(Set.of("digital signature", purpose)) || usages.equals(Set.of("digital signature", "key encipherment", purpose));
  }
}
