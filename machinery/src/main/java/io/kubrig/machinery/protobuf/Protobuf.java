package io.kubrig.machinery.protobuf;

import io.kubrig.machinery.schema.GroupVersionKind;
import io.kubrig.machinery.schema.Schema;
import io.kubrig.machinery.tree.Tree;
import java.util.Arrays;

/**
 * Objects in {@code application/vnd.kubernetes.protobuf}: four magic bytes and a {@code runtime.Unknown} that names the kind and carries
 * the object's message. (Source: apimachinery/pkg/runtime/serializer/protobuf.)
 */
public final class Protobuf {
  private static final byte[] MAGIC = {'k', '8', 's', 0};

  private Protobuf() {}

  /**
   * An opened envelope.
   *
   * @param raw the object's message, or what {@link #contentType} says
   * @param contentType "" for protobuf
   */
  public record Envelope(String apiVersion, String kind, byte[] raw, String contentType) {
    public GroupVersionKind groupVersionKind() {
      return GroupVersionKind.of(apiVersion, kind);
    }
  }

  /** Whether bytes begin as an enveloped object does. */
  public static boolean isEnvelope(byte[] bytes) {
    return bytes.length >= MAGIC.length && Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
  }

  /** An object in its envelope. */
  public static byte[] encode(Schema schema, GroupVersionKind kind, Tree object) {
    BackwardWriter out = new BackwardWriter();
    tail(out);
    int end = out.length();
    new MessageEncoder(out).message(schema, object);
    out.message(2, end);
    head(out, kind);
    return out.toBytes();
  }

  /** An object's message alone. */
  public static byte[] encodeMessage(Schema schema, Tree object) {
    BackwardWriter out = new BackwardWriter();
    new MessageEncoder(out).message(schema, object);
    return out.toBytes();
  }

  /** An object's message, encoded before, in its envelope. */
  public static byte[] envelop(GroupVersionKind kind, byte[] message) {
    BackwardWriter out = new BackwardWriter();
    tail(out);
    out.bytes(2, message);
    head(out, kind);
    return out.toBytes();
  }

  /** What stands before the items of a list: its envelope's head and its metadata. */
  static byte[] listHead(GroupVersionKind listKind, Schema listMeta, Tree metadata, long itemBytes) {
    BackwardWriter out = new BackwardWriter();
    new MessageEncoder(out).message(listMeta, metadata);
    out.message(1, 0);
    out.varint(out.length() + itemBytes);
    out.tag(2, BackwardWriter.BYTES);
    head(out, listKind);
    return out.toBytes();
  }

  /** What stands behind the message in an envelope. */
  static byte[] envelopeTail() {
    BackwardWriter out = new BackwardWriter();
    tail(out);
    return out.toBytes();
  }

  /**
   * An event of a watch with its length in front (four bytes, big endian).
   *
   * @param object in its envelope
   */
  public static byte[] watchFrame(String type, byte[] object) {
    BackwardWriter out = new BackwardWriter();
    int end = out.length();
    out.bytes(1, object);
    out.message(2, end);
    out.string(1, type);
    out.fixed32BigEndian(out.length());
    return out.toBytes();
  }

  /**
   * Opens an envelope.
   *
   * @throws ProtobufException when the bytes are none
   */
  public static Envelope open(byte[] bytes) {
    if (!isEnvelope(bytes)) {
      throw new ProtobufException(
          bytes.length == 0 ? "empty data" : "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]");
    }
    String apiVersion = "";
    String kind = "";
    byte[] raw = {};
    String contentType = "";
    WireReader in = new WireReader(bytes, MAGIC.length, bytes.length);
    while (in.next()) {
      switch (in.number()) {
        case 1 -> {
          WireReader typeMeta = in.message();
          while (typeMeta.next()) {
            switch (typeMeta.number()) {
              case 1 -> apiVersion = typeMeta.string();
              case 2 -> kind = typeMeta.string();
              default -> typeMeta.skip();
            }
          }
        }
        case 2 -> raw = in.bytes();
        case 4 -> contentType = in.string();
        default -> in.skip();
      }
    }
    return new Envelope(apiVersion, kind, raw, contentType);
  }

  /**
   * The object of an envelope, with its kind and apiVersion.
   *
   * @throws ProtobufException when the message is broken
   */
  public static Tree decode(Schema schema, Envelope envelope) {
    WireReader in = new WireReader(envelope.raw(), 0, envelope.raw().length);
    return new MessageDecoder().message(schema, in, envelope.apiVersion(), envelope.kind());
  }

  /** The object of a message alone; it has no kind and apiVersion. */
  public static Tree decodeMessage(Schema schema, byte[] message) {
    return new MessageDecoder().message(schema, new WireReader(message, 0, message.length), "", "");
  }

  private static void tail(BackwardWriter out) {
    out.string(4, "");
    out.string(3, "");
  }

  private static void head(BackwardWriter out, GroupVersionKind kind) {
    int end = out.length();
    out.string(2, kind.kind());
    out.string(1, kind.apiVersion());
    out.message(1, end);
    out.raw(MAGIC);
  }
}
