package io.kubrig.machinery.json;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A bounded cache from the bytes of short ASCII names to one shared String, which is the one that a literal of the program with the same
 * characters is: a look-up by a literal compares references.
 *
 * <p>Shared by all readers without locks: a slot is written with a fully made record (safe to publish by a race) and read once; the worst a
 * race does is to make a String twice. The first name to take a slot keeps it, so that requests cannot wash the names of the API out.
 */
final class NameTable {
  private static final int SLOTS = 4096;
  private static final int LONGEST = 48;

  private final Name[] slots = new Name[SLOTS];

  /** A name and the bytes that it is read from. */
  private record Name(String text, byte[] bytes) {}

  String name(byte[] bytes, int from, int to) {
    int length = to - from;
    if (length > LONGEST) {
      return new String(bytes, from, length, StandardCharsets.ISO_8859_1);
    }
    int hash = length;
    for (int i = from; i < to; i++) {
      hash = hash * 31 + bytes[i];
    }
    int slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    Name known = slots[slot];
    if (known == null) {
      String made = new String(bytes, from, length, StandardCharsets.ISO_8859_1).intern();
      slots[slot] = new Name(made, Arrays.copyOfRange(bytes, from, to));
      return made;
    }
    if (Arrays.equals(known.bytes, 0, known.bytes.length, bytes, from, to)) {
      return known.text;
    }
    return new String(bytes, from, length, StandardCharsets.ISO_8859_1);
  }
}
