package io.kubrig.apiserver.authn;

import io.kubrig.apiserver.http.Exchange;
import io.kubrig.apiserver.http.Headers;
import io.kubrig.apiserver.http.Percent;
import io.kubrig.machinery.clock.Clock;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A front proxy that has authenticated the user and says so in headers; believed when its own client certificate is of the proxies'
 * authority ({@code --requestheader-*}).
 */
public final class RequestHeader implements RequestAuthenticator {

  /** What the flags say. */
  public record Settings(
      List<X509Certificate> authorities,
      List<String> allowedNames,
      List<String> usernameHeaders,
      List<String> uidHeaders,
      List<String> groupHeaders,
      List<String> extraPrefixes) {}

  private final Settings settings;
  private final ClientCertificates.Verifier verifier;

  public RequestHeader(Settings settings, Clock clock) {
    this.settings = settings;
    verifier = new ClientCertificates.Verifier(settings.authorities(), clock);
  }

  @Override
  public Identity authenticate(Exchange exchange) {
    List<X509Certificate> chain = exchange.clientCertificates();
    if (chain.isEmpty()) {
      return Identity.NOT_MINE;
    }
    Optional<String> error = verifier.verify(chain);
    if (error.isPresent()) {
      return new Identity.Bad(error.get());
    }
    String name = ClientCertificates.commonName(chain.getFirst());
    if (!settings.allowedNames().isEmpty() && !settings.allowedNames().contains(name)) {
      return new Identity.Bad("x509: subject with cn=" + name + " is not in the allowed list");
    }
    Headers headers = exchange.headers();
    Optional<String> user = firstValue(headers, settings.usernameHeaders());
    if (user.isEmpty()) {
      return Identity.NOT_MINE;
    }
    List<String> groups = new ArrayList<>();
    settings.groupHeaders().forEach(header -> groups.addAll(headers.all(header)));
    String uid = firstValue(headers, settings.uidHeaders()).orElse("");
    return new Identity.Known(new UserInfo(user.get(), uid, groups, extra(headers, settings.extraPrefixes())));
  }

  private static Optional<String> firstValue(Headers headers, List<String> names) {
    return names.stream().map(headers::value).filter(value -> !value.isEmpty()).findFirst();
  }

  /** The values of headers whose names begin with a prefix, by the rest of the name in lower case, percent-decoded. */
  static Map<String, List<String>> extra(Headers headers, List<String> prefixes) {
    Map<String, List<String>> extra = new LinkedHashMap<>();
    headers.forEach(
        (name, value) -> {
          for (String prefix : prefixes) {
            if (name.length() >= prefix.length() && name.regionMatches(true, 0, prefix, 0, prefix.length())) {
              String key = name.substring(prefix.length()).toLowerCase(Locale.ROOT);
              extra.computeIfAbsent(Percent.decode(key, false).orElse(key), k -> new ArrayList<>()).add(value);
            }
          }
        });
    return extra;
  }
}
