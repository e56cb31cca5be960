package io.kubrig.machinery.events;

import java.time.Instant;

/**
 * Something that happened to an object, as a component tells it.
 *
 * @param source who tells it: the component, and its node where it has one
 * @param object what it is about: kind, namespace, name and UID in any form that tells objects apart
 * @param part the field path within the object, empty for all of it
 * @param type {@code Normal} or {@code Warning}
 * @param reason why, a word in CamelCase
 * @param message what a person reads
 * @param at when
 */
public record Occurrence(String source, String object, String part, String type, String reason, String message, Instant at) {
  /** Who tells it of which object: what floods are counted by. */
  String teller() {
    return source + '\0' + object;
  }

  /** All but the message and the part: what similar occurrences share. */
  String kind() {
    return teller() + '\0' + type + '\0' + reason;
  }

  /** Everything but the time: what equal occurrences share. */
  String identity() {
    return kind() + '\0' + part + '\0' + message;
  }
}
