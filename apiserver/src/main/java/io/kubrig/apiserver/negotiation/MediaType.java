package io.kubrig.apiserver.negotiation;

/** The encodings of objects. CBOR is refused, as native does by default. */
public enum MediaType {
  JSON("application/json"),
  YAML("application/yaml"),
  PROTOBUF("application/vnd.kubernetes.protobuf");

  private final String text;

  MediaType(String text) {
    this.text = text;
  }

  /** As it stands in Content-Type. */
  public String text() {
    return text;
  }
}
