package io.kubrig.machinery.health;

import io.fabric8.kubernetes.api.model.authentication.TokenReview;
import io.fabric8.kubernetes.api.model.authentication.TokenReviewBuilder;
import io.fabric8.kubernetes.api.model.authentication.UserInfo;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.kubrig.machinery.clock.Clock;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Access as the API server decides it: tokens by TokenReview, client certificates by the given authorities, permission by
 * SubjectAccessReview; answers are kept for a while. {@code system:masters} may do everything. Without a client only certificates and the
 * paths that are always allowed remain.
 */
public final class DelegatedAccess implements Access {
  private static final Logger LOG = LoggerFactory.getLogger(DelegatedAccess.class);
  private static final int MAX_KEPT = 1000;
  private static final String MASTERS = "system:masters";
  private static final String AUTHENTICATED = "system:authenticated";

  private final KubernetesClient client; // null when there is no API server to ask
  private final List<X509Certificate> clientAuthorities;
  private final List<String> alwaysAllowed;
  private final Clock clock;
  private final Kept<String, Optional<Caller>> callers;
  private final Kept<Question, Boolean> permissions;

  /**
   * @param client asks the API server; null when there is none to ask
   * @param clientAuthorities who vouches for client certificates
   * @param alwaysAllowed paths that need no permission; a trailing star matches any rest
   * @param keep how long an answer is kept
   */
  public DelegatedAccess(
      KubernetesClient client, List<X509Certificate> clientAuthorities, List<String> alwaysAllowed, Duration keep, Clock clock) {
    this.client = client;
    this.clientAuthorities = List.copyOf(clientAuthorities);
    this.alwaysAllowed = List.copyOf(alwaysAllowed);
    this.clock = clock;
    this.callers = new Kept<>(clock, keep);
    this.permissions = new Kept<>(clock, keep);
  }

  @Override
  public Optional<Caller> authenticate(Credentials credentials) {
    if (!credentials.clientCertificates().isEmpty()) {
      Optional<Caller> byCertificate = byCertificate(credentials.clientCertificates().getFirst());
      if (byCertificate.isPresent()) {
        return byCertificate;
      }
    }
    if (!credentials.bearerToken().isEmpty()) {
      return callers.get(credentials.bearerToken(), () -> byToken(credentials.bearerToken()));
    }
    return credentials.clientCertificates().isEmpty() ? Optional.of(Caller.ANONYMOUS) : Optional.empty();
  }

  private Optional<Caller> byCertificate(X509Certificate certificate) {
    for (X509Certificate authority : clientAuthorities) {
      try {
        certificate.verify(authority.getPublicKey());
        certificate.checkValidity(Date.from(clock.now()));
        List<String> usages = certificate.getExtendedKeyUsage();
        if (usages != null && usages.contains("1.3.6.1.5.5.7.3.2")) {
          return Optional.of(subject(certificate));
        }
      } catch (GeneralSecurityException | InvalidNameException e) {
        LOG.debug("a client certificate was not accepted: {}", e.getMessage());
      }
    }
    return Optional.empty();
  }

  private static Caller subject(X509Certificate certificate) throws InvalidNameException {
    String user = "";
    List<String> groups = new ArrayList<>();
    for (Rdn part : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
      switch (part.getType()) {
        case "CN" -> user = String.valueOf(part.getValue());
        case "O" -> groups.add(String.valueOf(part.getValue()));
        default -> {
          // other attributes say nothing about the user
        }
      }
    }
    groups.add(AUTHENTICATED);
    return new Caller(user, "", groups);
  }

  private Optional<Caller> byToken(String token) {
    if (client == null) {
      return Optional.empty();
    }
    try {
      TokenReview review = new TokenReviewBuilder().withNewSpec().withToken(token).endSpec().build();
      TokenReview answer = client.tokenReviews().create(review);
      if (answer.getStatus() == null || !Boolean.TRUE.equals(answer.getStatus().getAuthenticated())) {
        return Optional.empty();
      }
      UserInfo user = answer.getStatus().getUser();
      return Optional.of(new Caller(user.getUsername(), user.getUid() == null ? "" : user.getUid(), user.getGroups()));
    } catch (KubernetesClientException e) {
      LOG.error("the token of a request could not be reviewed: {}", e.getMessage());
      return Optional.empty();
    }
  }

  @Override
  public boolean allows(Caller caller, String verb, String path) {
    if (alwaysAllowed.stream().anyMatch(pattern -> matches(pattern, path)) || caller.groups().contains(MASTERS)) {
      return true;
    }
    return client != null && permissions.get(new Question(caller, verb, path), () -> review(caller, verb, path));
  }

  private static boolean matches(String pattern, String path) {
    return pattern.endsWith("*") ? path.startsWith(pattern.substring(0, pattern.length() - 1)) : path.equals(pattern);
  }

  private boolean review(Caller caller, String verb, String path) {
    try {
      SubjectAccessReview review =
          new SubjectAccessReviewBuilder()
              .withNewSpec()
              .withUser(caller.name())
              .withUid(caller.uid())
              .withGroups(caller.groups())
              .withNewNonResourceAttributes()
              .withPath(path)
              .withVerb(verb)
              .endNonResourceAttributes()
              .endSpec()
              .build();
      SubjectAccessReview answer = client.authorization().v1().subjectAccessReview().create(review);
      return answer.getStatus() != null && Boolean.TRUE.equals(answer.getStatus().getAllowed());
    } catch (KubernetesClientException e) {
      LOG.error("the permission of {} could not be reviewed: {}", caller.name(), e.getMessage());
      return false;
    }
  }

  private record Question(Caller caller, String verb, String path) {}

  /** Answers that are good for a while; the oldest go when there are too many. */
  private static final class Kept<K, V> {
    private final Clock clock;
    private final Duration keep;
    private final Map<K, Entry<V>> entries = new LinkedHashMap<>(); // guarded by this

    Kept(Clock clock, Duration keep) {
      this.clock = clock;
      this.keep = keep;
    }

    V get(K key, Supplier<V> ask) {
      synchronized (this) {
        Entry<V> entry = entries.get(key);
        if (entry != null && clock.now().isBefore(entry.until)) {
          return entry.value;
        }
      }
      V value = ask.get();
      synchronized (this) {
        entries.remove(key);
        entries.put(key, new Entry<>(value, clock.now().plus(keep)));
        if (entries.size() > MAX_KEPT) {
          entries.remove(entries.keySet().iterator().next());
        }
      }
      return value;
    }

    private record Entry<V>(V value, Instant until) {}
  }
}
