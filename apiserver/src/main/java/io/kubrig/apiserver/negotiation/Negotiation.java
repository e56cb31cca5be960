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

  private Negotiation() {}

  private record Clause(String type, Map<String, String> parameters, double quality) {}

  /** What may be negotiated for a request. */
  public enum Offer {
    /** One object; no projections. */
    OBJECT,
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
      return new Representation(MediaType.JSON, Projection.OBJECT, pretty);
    }
    for (Clause clause : clauses(accepts)) {
      Optional<Representation> found = match(clause, pretty, offer, protobuf);
      if (found.isPresent()) {
        return found.get();
      }
    }
    throw notAcceptable(offer, protobuf);
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
    return projection(clause.parameters(), offer).map(projection -> new Representation(type, projection, indent));
  }

  private static Optional<Projection> projection(Map<String, String> parameters, Offer offer) {
    String as = parameters.get("as");
    if (as == null) {
      return Optional.of(Projection.OBJECT);
    }
    boolean known = parameters.getOrDefault("g", "").equals("meta.k8s.io") && parameters.getOrDefault("v", "").equals("v1");
    boolean beta = parameters.getOrDefault("g", "").equals("meta.k8s.io") && parameters.getOrDefault("v", "").equals("v1beta1");
    if (offer == Offer.OBJECT || !(known || beta)) {
      return Optional.empty();
    }
    return switch (as) {
      case "Table" -> known ? Optional.of(Projection.TABLE) : Optional.empty();
      case "PartialObjectMetadata" -> known ? Optional.of(Projection.METADATA) : Optional.empty();
      case "PartialObjectMetadataList" -> known ? Optional.of(Projection.METADATA_LIST) : Optional.empty();
      default -> Optional.empty();
    };
  }

  private static ApiException notAcceptable(Offer offer, boolean protobuf) {
    String types = protobuf ? TYPES : "application/json, application/yaml";
    String streams = offer != Offer.PROJECTIONS_AND_STREAM ? "" : protobuf ? STREAM_TYPES : ", application/json;stream=watch";
    return ApiException.notAcceptable("406: Not Acceptable\n\nAvailable representations: " + types + streams);
  }

  /** The encoding of a request's body. */
  public static MediaType body(String contentType, boolean protobuf) {
    String type = contentType.isBlank() ? "application/json" : contentType.split(";", 2)[0].trim().toLowerCase(Locale.ROOT);
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
