package io.kubrig.machinery.health;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/** Who may ask a component: authentication, then authorization. */
public interface Access {

  /** The user of a request; anonymous when it shows nothing; empty when what it shows is wrong. */
  Optional<Caller> authenticate(Credentials credentials);

  /** Whether the user may do that to a path. */
  boolean allows(Caller caller, String verb, String path);

  /** @param bearerToken empty when there is none */
  record Credentials(String bearerToken, List<X509Certificate> clientCertificates) {}

  /** A user in groups. */
  record Caller(String name, String uid, List<String> groups) {
    static final Caller ANONYMOUS = new Caller("system:anonymous", "", List.of("system:unauthenticated"));
  }
}
