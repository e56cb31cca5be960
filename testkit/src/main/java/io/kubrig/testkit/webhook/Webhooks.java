package io.kubrig.testkit.webhook;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.admission.v1.AdmissionRequest;
import io.fabric8.kubernetes.api.model.admission.v1.AdmissionResponse;
import io.fabric8.kubernetes.api.model.admission.v1.AdmissionReview;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ConversionRequest;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ConversionResponse;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ConversionReview;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.kubrig.machinery.pki.KeyAndCertificate;
import io.kubrig.machinery.pki.PemFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;

/**
 * Code under test that the API server asks, behind HTTPS on a free port of the loopback interface. Manifests may stay as they are written
 * for production: when they are applied
 * through the cluster, a client configuration that names a service is led here by its path, with the bundle of certificates that belongs to
 * it.
 *
 * <p>Code that throws is answered with 500, so that the failure policy of the webhook decides.
 */
public final class Webhooks implements AutoCloseable {
  private static final int INTERNAL_ERROR = 500;
  private static final int NOT_FOUND = 404;

  private final Map<String, UnaryOperator<String>> answers = new ConcurrentHashMap<>();
  private final KubernetesSerialization json = new KubernetesSerialization();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final String authority;
  private final HttpsServer server;

  /**
   * Opens the port.
   *
   * @param identity the server's, for the loopback address
   * @param authority who vouches for it
   */
  public Webhooks(KeyAndCertificate identity, X509Certificate authority) {
    this.authority = Base64.getEncoder().encodeToString(PemFiles.text(List.of(authority)).getBytes(StandardCharsets.US_ASCII));
    try {
      SSLContext tls = SSLContext.getInstance("TLS");
      tls.init(identity.keyManagers(), null, null);
      server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.setHttpsConfigurator(new HttpsConfigurator(tls));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no TLS for webhooks: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException("no port could be opened for webhooks", e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  /** Has code answer the admission reviews that are sent to a path. The uid of the answer is filled in. */
  public Webhooks admission(String path, Function<AdmissionRequest, AdmissionResponse> code) {
    answers.put(path, body -> {
      AdmissionReview review = json.unmarshal(body, AdmissionReview.class);
      AdmissionResponse response = code.apply(review.getRequest());
      response.setUid(review.getRequest().getUid());
      review.setRequest(null);
      review.setResponse(response);
      return json.asJson(review);
    });
    return this;
  }

  /** Has code answer the conversion reviews that are sent to a path. The uid of the answer is filled in. */
  public Webhooks conversion(String path, Function<ConversionRequest, ConversionResponse> code) {
    answers.put(path, body -> {
      ConversionReview review = json.unmarshal(body, ConversionReview.class);
      ConversionResponse response = code.apply(review.getRequest());
      response.setUid(review.getRequest().getUid());
      review.setRequest(null);
      review.setResponse(response);
      return json.asJson(review);
    });
    return this;
  }

  /** Where a path is served; for configurations that are made by hand. */
  public String url(String path) {
    return "https://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  /** In the form of {@code caBundle}. */
  public String caBundle() {
    return authority;
  }

  /**
   * Leads the webhooks of an object here that name a service; any other object stays as it is.
   *
   * @throws IllegalArgumentException when nothing answers a path that is named
   */
  public void wire(HasMetadata object) {
    switch (object) {
      case MutatingWebhookConfiguration mutating -> mutating.getWebhooks().forEach(hook -> wire(hook.getClientConfig()));
      case ValidatingWebhookConfiguration validating -> validating.getWebhooks().forEach(hook -> wire(hook.getClientConfig()));
      case CustomResourceDefinition definition -> wireConversion(definition);
      default -> {}
    }
  }

  private void wire(io.fabric8.kubernetes.api.model.admissionregistration.v1.WebhookClientConfig config) {
    if (config != null && config.getService() != null) {
      config.setUrl(url(served(config.getService().getPath())));
      config.setService(null);
      config.setCaBundle(authority);
    }
  }

  private void wireConversion(CustomResourceDefinition definition) {
    if (definition.getSpec().getConversion() == null || definition.getSpec().getConversion().getWebhook() == null) {
      return;
    }
    var config = definition.getSpec().getConversion().getWebhook().getClientConfig();
    if (config != null && config.getService() != null) {
      config.setUrl(url(served(config.getService().getPath())));
      config.setService(null);
      config.setCaBundle(authority);
    }
  }

  private String served(String path) {
    String wanted = path == null ? "/" : path;
    if (!answers.containsKey(wanted)) {
      throw new IllegalArgumentException(
          "a webhook is at " + wanted + ", which nothing answers; there are " + new TreeSet<>(answers.keySet()));
    }
    return wanted;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      UnaryOperator<String> code = answers.get(exchange.getRequestURI().getPath());
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      if (code == null) {
        respond(exchange, NOT_FOUND, "nothing answers " + exchange.getRequestURI().getPath());
        return;
      }
      String answer;
      try {
        answer = code.apply(body);
      } catch (RuntimeException e) {
        respond(exchange, INTERNAL_ERROR, e.toString());
        return;
      }
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      respond(exchange, 200, answer);
    }
  }

  private static void respond(HttpExchange exchange, int code, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(code, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}
