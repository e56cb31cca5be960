package io.kubrig.apiserver.discovery;

import io.kubrig.apiserver.status.ApiException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How a document of discovery was asked for.
 *
 * @param aggregated whether the client takes the aggregated document, where there is one
 */
record DocumentFormat(Encoding encoding, boolean aggregated) {

  /** How a document is encoded. */
  enum Encoding {
    JSON("application/json"),
    YAML("application/yaml"),
    PROTOBUF("application/vnd.kubernetes.protobuf");

    private final String mediaType;

    Encoding(String mediaType) {
      this.mediaType = mediaType;
    }
  }

  /** The parameters of a media type that ask for another kind of object. */
  private static final List<String> TRANSFORMATION = List.of("as", "g", "v");

  private record Range(String type, Map<String, String> parameters, double quality) {}

  /** The Content-Type of the answer. */
  String contentType() {
    return encoding.mediaType + (aggregated ? ";g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList" : "");
  }

  /**
   * Chooses by an Accept header.
   *
   * @param hasAggregated whether the document asked for has an aggregated form
   * @throws ApiException 406 when nothing fits
   */
  static DocumentFormat choose(String accept, boolean hasAggregated) {
    if (accept.isBlank()) {
      return new DocumentFormat(Encoding.JSON, false);
    }
    for (Range range : ranges(accept)) {
      Encoding encoding = encoding(range.type);
      if (encoding == null) {
        continue;
      }
      if (TRANSFORMATION.stream().noneMatch(range.parameters::containsKey)) {
        return new DocumentFormat(encoding, false);
      }
      boolean known =
          range.parameters.getOrDefault("as", "").equals("APIGroupDiscoveryList")
              && range.parameters.getOrDefault("g", "").equals("apidiscovery.k8s.io")
              && range.parameters.getOrDefault("v", "").equals("v2");
      if (known && hasAggregated) {
        return new DocumentFormat(encoding, true);
      }
    }
    throw ApiException.notAcceptable(
        "only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf");
  }

  private static Encoding encoding(String type) {
    return switch (type) {
      case "*/*", "application/*", "application/json" -> Encoding.JSON;
      case "application/yaml" -> Encoding.YAML;
      case "application/vnd.kubernetes.protobuf" -> Encoding.PROTOBUF;
      default -> null;
    };
  }

  private static List<Range> ranges(String header) {
    List<Range> ranges = new ArrayList<>();
    for (String part : header.split(",")) {
      String[] pieces = part.split(";");
      Map<String, String> parameters = new HashMap<>();
      for (int i = 1; i < pieces.length; i++) {
        String[] pair = pieces[i].split("=", 2);
        parameters.put(pair[0].strip().toLowerCase(Locale.ROOT), pair.length == 2 ? pair[1].strip() : "");
      }
      ranges.add(new Range(pieces[0].strip().toLowerCase(Locale.ROOT), parameters, quality(parameters.remove("q"))));
    }
    ranges.sort(Comparator.comparingDouble(Range::quality).reversed());
    return ranges;
  }

  private static double quality(String text) {
    try {
      return text == null ? 1 : Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return 1;
    }
  }
}
