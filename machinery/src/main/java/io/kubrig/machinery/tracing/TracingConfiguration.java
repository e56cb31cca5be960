package io.kubrig.machinery.tracing;

import io.kubrig.machinery.component.StartException;
import io.kubrig.machinery.tree.Tree;
import io.kubrig.machinery.yaml.Yaml;
import io.kubrig.machinery.yaml.YamlException;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Where spans go and how many of them. Source: {@code TracingConfiguration} of component-base.
 *
 * @param endpoint the collector, {@code host:port} or {@code dns:///host:port}, spoken to by OTLP over gRPC without TLS
 * @param samplingRatePerMillion how many of a million traces that begin here are told; 0: only those that a caller has begun
 */
public record TracingConfiguration(String endpoint, int samplingRatePerMillion) {
  /** The default of OTLP over gRPC. */
  public static final String DEFAULT_ENDPOINT = "localhost:4317";
  private static final int MILLION = 1_000_000;
  private static final Set<String> VERSIONS =
      Set.of("apiserver.config.k8s.io/v1", "apiserver.config.k8s.io/v1beta1", "apiserver.config.k8s.io/v1alpha1");
  private static final Set<String> FIELDS = Set.of("apiVersion", "kind", "endpoint", "samplingRatePerMillion");
  private static final String UNDECODABLE = "unable to decode tracing configuration data: ";

  /**
   * Reads the file of {@code --tracing-config-file}.
   *
   * @throws StartException when it cannot be read or says something that cannot be
   */
  public static TracingConfiguration read(Path file) {
    try {
      return of(Yaml.readTree(Files.readString(file)));
    } catch (IOException e) {
      throw new StartException("unable to read tracing configuration from \"" + file + "\": " + e.getMessage(), e);
    } catch (YamlException e) {
      throw new StartException(UNDECODABLE + e.getMessage(), e);
    }
  }

  /** What a document says. */
  static TracingConfiguration of(Tree document) {
    String version = String.valueOf(document.get("apiVersion"));
    String kind = String.valueOf(document.get("kind"));
    if (!VERSIONS.contains(version) || !kind.equals("TracingConfiguration")) {
      throw new StartException(UNDECODABLE + "no kind \"" + kind + "\" is registered for version \"" + version + "\"");
    }
    for (String field : document.names()) {
      if (!FIELDS.contains(field)) {
        throw new StartException(UNDECODABLE + "strict decoding error: unknown field \"" + field + "\"");
      }
    }
    List<String> errors = new ArrayList<>();
    int rate = rate(document.get("samplingRatePerMillion"), errors);
    String endpoint = endpoint(document.get("endpoint"), errors);
    if (!errors.isEmpty()) {
      throw new StartException(errors.size() == 1 ? errors.getFirst() : "[" + String.join(", ", errors) + "]");
    }
    return new TracingConfiguration(endpoint, rate);
  }

  private static int rate(Object given, List<String> errors) {
    if (given == null) {
      return 0;
    }
    if (!(given instanceof Long || given instanceof Integer)) {
      throw new StartException(UNDECODABLE + "samplingRatePerMillion must be an integer");
    }
    long rate = ((Number) given).longValue();
    if (rate < 0) {
      errors.add("samplingRatePerMillion: Invalid value: " + rate + ": sampling rate must be positive");
    } else if (rate > MILLION) {
      errors.add("samplingRatePerMillion: Invalid value: " + rate + ": sampling rate per million must be less than or equal to one million");
    }
    return (int) rate;
  }

  private static String endpoint(Object given, List<String> errors) {
    if (given == null) {
      return DEFAULT_ENDPOINT;
    }
    String endpoint = String.valueOf(given);
    try {
      String scheme = endpoint.contains("//") ? String.valueOf(new URI(endpoint).getScheme()) : "dns";
      if (scheme.equals("unix") || scheme.equals("unix-abstract")) {
        throw new StartException("endpoint: Unsupported value: \"" + endpoint + "\": spans are sent by TCP only, name host:port");
      }
      if (!scheme.equals("dns")) {
        errors.add("endpoint: Invalid value: \"" + endpoint + "\": unsupported scheme: " + scheme
            + ".  Options are none, dns, unix, or unix-abstract.  See https://github.com/grpc/grpc/blob/master/doc/naming.md");
      }
    } catch (URISyntaxException e) {
      errors.add("endpoint: Invalid value: \"" + endpoint + "\": " + e.getMessage());
    }
    return endpoint;
  }

  /** Host and port of the collector. */
  String authority() {
    return endpoint.substring(endpoint.lastIndexOf('/') + 1);
  }
}
