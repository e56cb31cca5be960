package io.kubrig.apiserver.storage;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Puts the resource version into an object's JSON: first member of {@code metadata}. */
public final class Splice {
  private static final byte[] METADATA = "\"metadata\":{".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] MEMBER = "\"resourceVersion\":\"".getBytes(StandardCharsets.US_ASCII);

  private Splice() {}

  /**
   * @param json begins with kind and apiVersion, then metadata, and has no resource version
   */
  public static byte[] resourceVersion(byte[] json, long revision) {
    int at = find(json);
    byte[] digits = Long.toString(revision).getBytes(StandardCharsets.US_ASCII);
    byte[] out = new byte[json.length + MEMBER.length + digits.length + 2];
    System.arraycopy(json, 0, out, 0, at);
    int to = at;
    System.arraycopy(MEMBER, 0, out, to, MEMBER.length);
    to += MEMBER.length;
    System.arraycopy(digits, 0, out, to, digits.length);
    to += digits.length;
    out[to++] = '"';
    if (json[at] != '}') {
      out[to++] = ',';
    }
    System.arraycopy(json, at, out, to, json.length - at);
    return to + json.length - at == out.length ? out : Arrays.copyOf(out, to + json.length - at);
  }

  private static int find(byte[] json) {
    outer:
    for (int i = 0; i + METADATA.length <= json.length; i++) {
      for (int j = 0; j < METADATA.length; j++) {
        if (json[i + j] != METADATA[j]) {
          continue outer;
        }
      }
      return i + METADATA.length;
    }
    throw new IllegalArgumentException("an object without metadata cannot be stored");
  }
}
