package io.kubrig.apiserver.openapi;

import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.tree.Tree;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/** What the name of a shared parameter ends in: base64 of six bytes of FNV-1 over the parameter as Go writes it. */
final class ParameterHash {
  private static final List<String> ORDER = List.of("uniqueItems", "type", "description", "name", "in", "required", "schema");
  private static final long BASIS = 0xcbf29ce484222325L;
  private static final long PRIME = 0x100000001b3L;

  private ParameterHash() {}

  static String of(Tree parameter) {
    Tree ordered = new Tree();
    for (String member : ORDER) {
      if (parameter.has(member)) {
        ordered.set(member, parameter.get(member));
      }
    }
    long hash = BASIS;
    for (byte next : Json.text(ordered).getBytes(StandardCharsets.UTF_8)) {
      hash *= PRIME;
      hash ^= next & 0xff;
    }
    byte[] bytes = ByteBuffer.allocate(Long.BYTES).putLong(hash).array();
    return Base64.getUrlEncoder().encodeToString(Arrays.copyOf(bytes, 6));
  }
}
