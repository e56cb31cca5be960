package io.kubrig.machinery.intorstring;

import java.util.Objects;

/** An integer or a text; as a tree holds it, a Long or a String. */
public sealed interface IntOrString {

  /** A number. */
  record Int(int value) implements IntOrString {
    @Override
    public String toString() {
      return Integer.toString(value);
    }
  }

  /** A text: a port name, a percentage. */
  record Text(String value) implements IntOrString {
    public Text {
      Objects.requireNonNull(value);
    }

    @Override
    public String toString() {
      return value;
    }
  }

  /** From the value of a tree; anything but a Long or String is an {@link IllegalArgumentException}. */
  static IntOrString of(Object value) {
    return switch (value) {
      case Long number -> new Int(number.intValue());
      case Integer number -> new Int(number);
      case String text -> new Text(text);
      case null, default -> throw new IllegalArgumentException("invalid type: neither int nor percentage");
    };
  }

  /**
   * The number itself, or the share of a total that a percentage stands for.
   *
   * @param roundUp whether a fraction counts as a whole
   * @throws IllegalArgumentException with the native message when a text is no percentage
   */
  default int scaled(int total, boolean roundUp) {
    return switch (this) {
      case Int number -> number.value;
      case Text text -> {
        double share = (double) percentage(text.value) * total / 100;
        yield (int) (roundUp ? Math.ceil(share) : Math.floor(share));
      }
    };
  }

  private static int percentage(String text) {
    if (!text.endsWith("%")) {
      throw new IllegalArgumentException("invalid value for IntOrString: invalid type: string is not a percentage");
    }
    String digits = text.substring(0, text.length() - 1);
    try {
      return Integer.parseInt(digits);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "invalid value for IntOrString: invalid value \"" + text + "\": strconv.Atoi: parsing \"" + digits + "\": invalid syntax", e);
    }
  }
}
