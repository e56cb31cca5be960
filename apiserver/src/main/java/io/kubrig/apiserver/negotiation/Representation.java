package io.kubrig.apiserver.negotiation;

/**
 * How an answer is to be encoded, as agreed with the client.
 *
 * @param projection what of an object is shown
 * @param pretty indented JSON
 */
public record Representation(MediaType mediaType, Projection projection, boolean pretty) {

  /** What of an object an answer shows. */
  public enum Projection {
    OBJECT,
    /** {@code meta.k8s.io/v1 Table}. */
    TABLE,
    /** {@code meta.k8s.io/v1 PartialObjectMetadata}. */
    METADATA,
    /** {@code meta.k8s.io/v1 PartialObjectMetadataList}. */
    METADATA_LIST
  }

  public static final Representation PLAIN_JSON = new Representation(MediaType.JSON, Projection.OBJECT, false);

  /** The plain object in the same encoding: for a Status instead of what was asked for. */
  public Representation plain() {
    return projection == Projection.OBJECT ? this : new Representation(mediaType, Projection.OBJECT, pretty);
  }
}
