package io.kubrig.apiserver.negotiation;

import io.kubrig.apiserver.negotiation.Representation.Projection;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Chooses the encoding of bodies by Content-Type and Accept. (Source: apiserver/pkg/endpoints/handlers/negotiation.) */
public final class Negotiation {
  private static final String TYPES = "application/json, application/yaml, application/vnd.kubernetes.protobuf";
  private static final String STREAM_TYPES = ", application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch";

  /** The parameters of a media type that ask for another kind of object. */
  private static final List<String> TRANSFORMATION = List.of("as", "g", "v");

  private static final List<String> META_VERSIONS = List.of("v1", "v1beta1");

  private Negotiation() {}

  private record Clause(String type, Map<String, String> parameters, double quality) {}

  /** What may be negotiated for a request. */
  public enum Offer {
    /** One object; no projections. */
    OBJECT,
    /** Objects with metadata projections. */
    METADATA,
    /** Objects with Table and metadata projections. */
    PROJECTIONS,
    /** The same where the request could be a watch, too (get, list, watch). */
    PROJECTIONS_AND_STREAM
  }

  /**
   * The representation of an answer.
   *
   * @param accepts the Accept header, "" for none
   * @param protobuf whether the kind has a protobuf form
   */
  public static Representation answer(String accepts, boolean pretty, Offer offer, boolean protobuf) {
    if (accepts.isBlank()) {
      return Representation.object(MediaType.JSON, pretty);
    }
    route(accepts, produced(offer, protobuf));
    for (Clause clause : clauses(accepts)) {
      Optional<Representation> found = match(clause, pretty, offer, protobuf);
      if (found.isPresent()) {
        return found.get();
      }
    }
    throw ApiException.notAcceptable("only the following media types are accepted: " + types(protobuf));
  }

  private static Optional<Representation> match(Clause clause, boolean pretty, Offer offer, boolean protobuf) {
    MediaType type;
    switch (clause.type()) {
      case "*/*", "application/json" -> type = MediaType.JSON;
      case "application/yaml" -> type = MediaType.YAML;
      case "application/vnd.kubernetes.protobuf" -> {
        if (!protobuf && !clause.parameters().containsKey("as")) {
          return Optional.empty();
        }
        type = MediaType.PROTOBUF;
      }
      default -> {
        return Optional.empty();
      }
    }
    if (clause.parameters().containsKey("stream") && !clause.parameters().get("stream").equals("watch")) {
      return Optional.empty();
    }
    boolean indent = pretty || clause.parameters().getOrDefault("pretty", "").equals("1");
    String version = clause.parameters().getOrDefault("v", "v1");
    return projection(clause.parameters(), offer)
        .filter(projection -> projection != Projection.TABLE || type != MediaType.PROTOBUF)
        .map(projection -> new Representation(type, projection, version, indent));
  }

  private static Optional<Projection> projection(Map<String, String> parameters, Offer offer) {
    if (!TRANSFORMATION.stream().anyMatch(parameters::containsKey)) {
      return Optional.of(Projection.OBJECT);
    }
    boolean known = parameters.getOrDefault("g", "").equals("meta.k8s.io") && META_VERSIONS.contains(parameters.getOrDefault("v", ""));
    if (offer == Offer.OBJECT || !known) {
      return Optional.empty();
    }
    return switch (parameters.getOrDefault("as", "")) {
      case "Table" -> offer == Offer.METADATA ? Optional.empty() : Optional.of(Projection.TABLE);
      case "PartialObjectMetadata" -> Optional.of(Projection.METADATA);
      case "PartialObjectMetadataList" -> Optional.of(Projection.METADATA_LIST);
      default -> Optional.empty();
    };
  }

  private static String types(boolean protobuf) {
    return protobuf ? TYPES : "application/json, application/yaml";
  }

  /** What the router knows of a route; what parameters ask too much the handler behind it turns down. */
  private static List<String> produced(Offer offer, boolean protobuf) {
    String streams = offer != Offer.PROJECTIONS_AND_STREAM ? "" : protobuf ? STREAM_TYPES : ", application/json;stream=watch";
    return List.of((types(protobuf) + streams).split(", "));
  }

  /**
   * The check that native's router makes for a path, before its handler looks at parameters.
   *
   * @param produced the media types that the path answers with
   * @throws ApiException 406 when the header names none of them, letter by letter
   */
  public static void route(String accepts, List<String> produced) {
    boolean any = accepts.isBlank();
    for (String clause : accepts.split(",")) {
      String type = clause.split(";", 2)[0].strip();
      any |= type.equals("*/*") || produced.contains(type);
    }
    if (!any) {
      throw ApiException.notRoutable("406: Not Acceptable\n\nAvailable representations: " + String.join(", ", produced));
    }
  }

  /** The encoding of a request's body. */
  public static MediaType body(String contentType, boolean protobuf) {
    String[] parts = contentType.split(";");
    for (int i = 1; i < parts.length; i++) {
      if (!parts[i].isBlank() && parts[i].indexOf('=') < 0) {
        throw unknownFormat(protobuf); // a parameter without a value
      }
    }
    String type = contentType.isBlank() ? "application/json" : parts[0].trim().toLowerCase(Locale.ROOT);
    return switch (type) {
      case "application/json" -> MediaType.JSON;
      case "application/yaml" -> MediaType.YAML;
      case "application/vnd.kubernetes.protobuf" -> {
        if (!protobuf) {
          throw unknownFormat(false);
        }
        yield MediaType.PROTOBUF;
      }
      default -> throw unknownFormat(protobuf);
    };
  }

  private static ApiException unknownFormat(boolean protobuf) {
    return new ApiException(
        415,
        "UnsupportedMediaType",
        "the body of the request was in an unknown format - accepted media types include: "
            + (protobuf ? TYPES : "application/json, application/yaml"),
        Tree.empty());
  }

  /** The clauses of an Accept header, better quality first, else in their order. */
  private static List<Clause> clauses(String header) {
    List<Clause> clauses = new ArrayList<>();
    for (String part : header.split(",")) {
      String[] pieces = part.trim().split(";");
      Map<String, String> parameters = new HashMap<>();
      for (int i = 1; i < pieces.length; i++) {
        String[] pair = pieces[i].trim().split("=", 2);
        parameters.put(pair[0].trim().toLowerCase(Locale.ROOT), pair.length > 1 ? pair[1].trim() : "");
      }
      clauses.add(new Clause(pieces[0].trim().toLowerCase(Locale.ROOT), parameters, quality(parameters.remove("q"))));
    }
    clauses.sort((a, b) -> Double.compare(b.quality(), a.quality()));
    return clauses;
  }

  private static double quality(String text) {
    if (text == null) {
      return 1;
    }
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return 1;
    }
  }
}
