package io.kubrig.apiserver.aggregation;

import io.kubrig.apiserver.http.Headers;
import io.kubrig.apiserver.proxy.Backend;
import io.kubrig.apiserver.proxy.BackendCall;
import io.kubrig.apiserver.proxy.GoErrors;
import io.kubrig.apiserver.webhook.HookTrust;
import io.kubrig.apiserver.webhook.ServiceResolver;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.pki.KeyAndCertificate;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/** Connections to aggregated servers, to which this one shows the front proxy's certificate. Safe for concurrent use. */
final class RemoteClient {
  private static final int MAX_BODY = 32 << 20;
  private static final int MAX_TRUSTS = 256;

  private final ServiceResolver resolver;
  private final Supplier<Optional<KeyAndCertificate>> identity;
  private final Clock clock;
  private final Map<Trust, SSLContext> trusts = new ConcurrentHashMap<>();

  private record Trust(String caBundle, boolean insecure) {}

  RemoteClient(ServiceResolver resolver, Supplier<Optional<KeyAndCertificate>> identity, Clock clock) {
    this.resolver = resolver;
    this.identity = identity;
    this.clock = clock;
  }

  /** A whole answer. */
  record Answer(int status, Headers headers, byte[] body) {}

  /** Where a service is right now. */
  Backend backend(RemoteService service) throws IOException {
    return backend(service, new Trust(service.caBundle(), service.insecure()));
  }

  private Backend backend(RemoteService service, Trust trust) throws IOException {
    InetSocketAddress address = resolver.resolve(service.namespace(), service.service(), service.port());
    return new Backend(service.host(), service.port(), context(trust), !trust.insecure, address);
  }

  private SSLContext context(Trust trust) throws IOException {
    SSLContext known = trusts.get(trust);
    if (known == null) {
      KeyAndCertificate own = identity.get().orElse(null);
      known = trust.insecure ? HookTrust.trusting(own) : HookTrust.context(trust.caBundle, own, clock);
      if (trusts.size() >= MAX_TRUSTS) {
        trusts.clear();
      }
      trusts.put(trust, known);
    }
    return known;
  }

  /** The address as URLs and the Host header show it. */
  static String shown(Backend backend) {
    String host = backend.dial().getHostString();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + backend.dial().getPort();
  }

  /** Reads something as the aggregator itself. The certificate is verified. */
  Answer get(RemoteService service, String path, Headers more, Duration timeout) throws IOException {
    return get(backend(service), path, more, timeout);
  }

  /** Whether something answers, whoever it is; the answer says no more than that. */
  Answer probe(Backend backend, String path, Duration timeout) throws IOException {
    return get(backend, path, new Headers(), timeout);
  }

  /** Where to probe a service: any certificate will do. */
  Backend probed(RemoteService service) throws IOException {
    return backend(service, new Trust("", true));
  }

  private Answer get(Backend backend, String path, Headers more, Duration timeout) throws IOException {
    Headers headers = Headers.of("Host", shown(backend), "User-Agent", "Go-http-client/1.1", "Connection", "close");
    headers.add("X-Remote-User", "system:kube-aggregator").add("X-Remote-Group", "system:masters");
    more.forEach(headers::add);
    try (BackendCall call = BackendCall.open(backend, timeout)) {
      Clock.Timer alarm = clock.after(timeout, call::close);
      try {
        call.ask("GET", path, headers, new byte[0]);
        try (InputStream in = call.body()) {
          byte[] body = in.readNBytes(MAX_BODY + 1);
          if (body.length > MAX_BODY) {
            throw new IOException("the answer is longer than " + MAX_BODY + " bytes");
          }
          return new Answer(call.status(), call.headers(), body);
        }
      } finally {
        alarm.cancel();
      }
    } catch (IOException e) {
      throw new IOException("Get \"https://" + shown(backend) + path + "\": " + GoErrors.text(e, backend.dial()), e);
    }
  }
}
