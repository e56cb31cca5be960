package io.kubrig.machinery.json;

import java.nio.charset.StandardCharsets;

/**
 * A bounded cache from the bytes of short ASCII names to one shared String.
 *
 * <p>Shared by all readers without locks: a slot is written with a fully made String (safe to publish by a race) and read once; the worst a
 * race does is to make a String twice. The first name to take a slot keeps it, so that requests cannot wash the names of the API out.
 */
final class NameTable {
  private static final int SLOTS = 4096;
  private static final int LONGEST = 48;

  private final String[] slots = new String[SLOTS];

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
    String known = slots[slot];
    if (known != null && same(known, bytes, from, length)) {
      return known;
    }
    String made = new String(bytes, from, length, StandardCharsets.ISO_8859_1);
    if (known == null) {
      slots[slot] = made;
    }
    return made;
  }

  private static boolean same(String known, byte[] bytes, int from, int length) {
    if (known.length() != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (known.charAt(i) != bytes[from + i]) {
        return false;
      }
    }
    return true;
  }
}
