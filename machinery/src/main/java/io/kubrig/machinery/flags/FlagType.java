package io.kubrig.machinery.flags;

import java.util.Optional;

/** How the text of a flag becomes a value, and a value becomes text again. */
public interface FlagType<T> {

  /** The word for the value in the help output, such as {@code duration}; empty for booleans. */
  String name();

  /**
   * Reads one occurrence of the flag.
   *
   * @throws IllegalArgumentException when the text is not a value of this type; its message is shown to the user
   */
  T parse(String text);

  /** What two occurrences of the flag mean together: the later one, unless the type collects. */
  default T merge(T earlier, T later) {
    return later;
  }

  /** The value as the help output and the flag dump show it. */
  default String format(T value) {
    return String.valueOf(value);
  }

  /** Whether the help output leaves the value out when it is the default. */
  default boolean isZero(T value) {
    return format(value).isEmpty();
  }

  /** What the flag means when it is given without a value; empty when it needs one. */
  default Optional<String> impliedText() {
    return Optional.empty();
  }
}
