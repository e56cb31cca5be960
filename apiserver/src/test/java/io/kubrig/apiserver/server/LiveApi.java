package io.kubrig.apiserver.server;

import io.kubrig.apiserver.admission.AdmissionConfiguration;
import io.kubrig.apiserver.admission.AdmissionPlugins;
import io.kubrig.apiserver.audit.Audit;
import io.kubrig.apiserver.audit.AuditPolicy;
import io.kubrig.apiserver.audit.AuditSink;
import io.kubrig.apiserver.authn.ServiceAccountKeys;
import io.kubrig.apiserver.authn.StaticTokens;
import io.kubrig.apiserver.http.HttpServer;
import io.kubrig.apiserver.http.ServerOptions;
import io.kubrig.apiserver.kinds.Cluster;
import io.kubrig.apiserver.storage.MemoryStorage;
import io.kubrig.apiserver.storage.Storage;
import io.kubrig.apiserver.webhook.ServiceResolver;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.metrics.KubernetesRegistry;
import io.kubrig.machinery.pki.KeyAndCertificate;
import io.kubrig.machinery.pki.KeyKind;
import io.kubrig.machinery.tree.Tree;
import io.kubrig.machinery.yaml.Yaml;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.random.RandomGenerator;

/** An API server in memory behind a plain socket, and a client of it that may do everything. Its services lead where the test says. */
public final class LiveApi implements AutoCloseable {
  private final Storage storage;
  private final String externalAddress;
  private final KubernetesRegistry metrics = new KubernetesRegistry();
  private final Map<String, InetSocketAddress> services = new ConcurrentHashMap<>();
  private final List<Tree> audited = new CopyOnWriteArrayList<>();
  private final HttpClient client = HttpClient.newHttpClient();
  private final ApiServer server;
  private final HttpServer front;

  public LiveApi() throws IOException {
    this(Optional.empty());
  }

  /** @param proxyClient what aggregated servers are shown */
  public LiveApi(Optional<KeyAndCertificate> proxyClient) throws IOException {
    this(proxyClient, new MemoryStorage(Clock.system()), "127.0.0.1:6443");
  }

  /** One of several servers on a storage; it publishes endpoints once it is announced. */
  public LiveApi(Storage storage, String externalAddress) throws IOException {
    this(Optional.empty(), storage, externalAddress);
  }

  private LiveApi(Optional<KeyAndCertificate> proxyClient, Storage storage, String externalAddress) throws IOException {
    this.storage = storage;
    this.externalAddress = externalAddress;
    Outbound outbound = new Outbound(Optional.of(this::resolve), false, InetSocketAddress.createUnresolved("127.0.0.1", 1),
        () -> proxyClient);
    server = new ApiServer(settings(outbound));
    front = HttpServer.startPlain(ServerOptions.on(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)), server);
  }

  private ApiServerSettings settings(Outbound outbound) throws IOException {
    Path tokens = Files.createTempFile("tokens", ".csv");
    Files.writeString(tokens, "admin,admin,u1,\"system:masters\"\nalice,alice,u2,\"friends\"\n");
    KeyPair signing = KeyKind.EC.generate();
    SecuritySettings security =
        new SecuritySettings(
            Optional.of(StaticTokens.read(tokens)),
            List.of(),
            Optional.empty(),
            false,
            true,
            ServiceAccountKeys.of(List.of("https://kubernetes"), signing.getPrivate(), List.of(signing.getPublic())),
            List.of("https://kubernetes"),
            Duration.ZERO,
            true,
            List.of(SecuritySettings.Mode.RBAC));
    Files.delete(tokens);
    AuditPolicy policy = new AuditPolicy(Yaml.readTree("{apiVersion: audit.k8s.io/v1, kind: Policy, rules: [{level: Request}]}"));
    AuditSink sink =
        new AuditSink() {
          @Override
          public void take(Tree event) {
            audited.add(event);
          }

          @Override
          public void close() {}
        };
    return new ApiServerSettings(
        storage,
        Clock.system(),
        RandomGenerator.getDefault(),
        metrics,
        externalAddress,
        new Cluster.Settings(List.of("10.96.0.0/12"), 30_000, 32_767, true, Duration.ofHours(1)),
        security,
        new AdmissionPlugins.Settings(List.of(), List.of("ServiceAccount"), 300, 300, AdmissionConfiguration.NONE),
        new ApiServerSettings.Limits(400, 200, List.of(), "", Duration.ofMinutes(1)),
        () -> {
          throw new IllegalStateException("there are no kubelets");
        },
        true,
        Audit.of(policy, List.of(sink), Clock.system()),
        outbound,
        true);
  }

  private InetSocketAddress resolve(String namespace, String name, int port) throws ServiceResolver.UnresolvedException {
    InetSocketAddress address = services.get(namespace + "/" + name + ":" + port);
    if (address == null) {
      throw new ServiceResolver.UnresolvedException("service \"" + name + "\" not found");
    }
    return address;
  }

  /** Lets others on the storage know of the server. */
  public void announce(Peer peer) {
    server.announce(Optional.of(peer));
  }

  public Storage storage() {
    return storage;
  }

  /** Has a service ({@code namespace/name:port}) lead somewhere. */
  public void service(String name, InetSocketAddress address) {
    services.put(name, address);
  }

  public void withoutService(String name) {
    services.remove(name);
  }

  /** An answer; the body is empty where it was no object. */
  public record Answer(int status, Tree body, String text, HttpHeaders headers) {
    public String message() {
      return body.string("message");
    }

    public List<String> warnings() {
      return headers.allValues("Warning");
    }
  }

  public Answer get(String path, String... headers) throws IOException, InterruptedException {
    return send("GET", path, "", headers);
  }

  /** @param body YAML */
  public Answer post(String path, String body, String... headers) throws IOException, InterruptedException {
    return send("POST", path, body, headers);
  }

  /** Creates an object, which must work. */
  public Tree create(String path, String body) throws IOException, InterruptedException {
    Answer answer = post(path, body);
    if (answer.status != 201) {
      throw new IllegalStateException(answer.status + " " + answer.text);
    }
    return answer.body;
  }

  /** As the administrator, unless the headers say otherwise. */
  public Answer send(String method, String path, String body, String... headers) throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri(path)).header("Accept", "application/json");
    boolean patch = method.equals("PATCH");
    if (!body.isEmpty()) {
      Object value = Yaml.readDocument(body.getBytes(StandardCharsets.UTF_8), io.kubrig.machinery.json.Limits.REQUEST)
          .value();
      request.header("Content-Type", patch ? "application/merge-patch+json" : "application/json");
      request.method(method, HttpRequest.BodyPublishers.ofByteArray(Json.write(value)));
    } else {
      request.method(method, HttpRequest.BodyPublishers.noBody());
    }
    request.header("Authorization", "Bearer admin");
    for (int i = 0; i < headers.length; i += 2) {
      request.setHeader(headers[i], headers[i + 1]);
    }
    HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    String text = response.body();
    boolean object = text.startsWith("{");
    return new Answer(response.statusCode(), object ? Json.readTree(text) : new Tree(), text, response.headers());
  }

  public URI uri(String path) {
    return URI.create("http://127.0.0.1:" + front.address().getPort() + path);
  }

  public HttpClient client() {
    return client;
  }

  /** A question that is asked until its answer is the expected one. */
  @FunctionalInterface
  public interface Question {
    boolean holds() throws IOException, InterruptedException;
  }

  /** Waits for what happens soon after a write: webhooks and definitions are followed, not read. */
  public void until(Question question) throws IOException, InterruptedException {
    long end = Clock.system().nanos() + Duration.ofSeconds(20).toNanos();
    while (!question.holds()) {
      if (Clock.system().nanos() > end) {
        throw new IllegalStateException("waited in vain");
      }
      Clock.system().sleep(Duration.ofMillis(10));
    }
  }

  public String metrics() {
    return metrics.scrape();
  }

  /** What was noted, oldest first. */
  public List<Tree> audited() {
    return audited;
  }

  @Override
  public void close() {
    front.close();
    server.close();
    client.close();
  }
}
