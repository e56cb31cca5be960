package io.kubrig.apiserver.negotiation;

/**
 * How an answer is to be encoded, as agreed with the client.
 *
 * @param projection what of an object is shown
 * @param projectionVersion the version of group meta.k8s.io that a projection is in, v1 or v1beta1
 * @param pretty indented JSON
 */
public record Representation(MediaType mediaType, Projection projection, String projectionVersion, boolean pretty) {
  private static final String META_VERSION = "v1";

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

  public static final Representation PLAIN_JSON = object(MediaType.JSON, false);

  /** Of whole objects. */
  public static Representation object(MediaType mediaType, boolean pretty) {
    return new Representation(mediaType, Projection.OBJECT, META_VERSION, pretty);
  }

  /** The apiVersion of a projection. */
  public String projectionApiVersion() {
    return "meta.k8s.io/" + projectionVersion;
  }

  /** The plain object in the same encoding: for a Status instead of what was asked for. */
  public Representation plain() {
    return projection == Projection.OBJECT ? this : object(mediaType, pretty);
  }
}
