package io.kubrig.machinery.json;

import io.kubrig.machinery.tree.Tree;
import java.nio.charset.StandardCharsets;

/** Reads and writes JSON. */
public final class Json {
  private static final int OBJECT_BYTES = 4096;

  private Json() {}

  /**
   * Reads one value; of a repeated member the last counts.
   *
   * @throws JsonException if the bytes are not JSON or exceed a limit
   */
  public static Object read(byte[] bytes, Limits limits) {
    return readDocument(bytes, limits).value();
  }

  /** Reads one value that this program or a trusted peer has written. */
  public static Object read(byte[] bytes) {
    return read(bytes, Limits.TRUSTED);
  }

  /** Reads one value from text, for tests and constants. */
  public static Object read(String text) {
    return read(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Reads an object; {@link JsonException} if it is another value. */
  public static Tree readTree(byte[] bytes) {
    if (read(bytes) instanceof Tree tree) {
      return tree;
    }
    throw new JsonException("json: cannot unmarshal a value that is no object into an object", 0);
  }

  /** Reads an object from text; {@link JsonException} if it is another value. */
  public static Tree readTree(String text) {
    return readTree(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Reads one value and keeps what strict decoding needs to know about duplicates. */
  public static Document readDocument(byte[] bytes, Limits limits) {
    return new JsonReader(bytes, limits).read();
  }

  /** The compact form, without a line end. */
  public static byte[] write(Object value) {
    return new JsonWriter().value(value).toBytes();
  }

  /** The compact form of a whole object, without a line end: as {@link #write}, with room for a few kilobytes from the start. */
  public static byte[] writeObject(Tree object) {
    return new JsonWriter(false, OBJECT_BYTES).value(object).toBytes();
  }

  /** The compact form as text. */
  public static String text(Object value) {
    return new String(write(value), StandardCharsets.UTF_8);
  }

  /** The form with two spaces of indentation that {@code ?pretty=true} asks for. */
  public static byte[] pretty(Object value) {
    return new JsonWriter(true, 1024).value(value).toBytes();
  }
}
