package io.kubrig.machinery.flags;

/**
 * One declared flag, and the handle under which its value is read from {@link ParsedFlags}. Two flags are equal only when they are the
 * same declaration.
 */
public final class Flag<T> {
  private final String name;
  private final FlagType<T> type;
  private final T defaultValue;
  private final String usage;
  private String shorthand = "";
  private String deprecation = "";
  private String inertReason = "";

  Flag(String name, FlagType<T> type, T defaultValue, String usage) {
    this.name = name;
    this.type = type;
    this.defaultValue = defaultValue;
    this.usage = usage;
  }

  /** Gives the flag a one-letter form. */
  public Flag<T> shorthand(char letter) {
    shorthand = String.valueOf(letter);
    return this;
  }

  /** Marks the flag as deprecated: using it gives a warning with this note. */
  public Flag<T> deprecated(String note) {
    deprecation = note;
    return this;
  }

  Flag<T> inert(String reason) {
    inertReason = reason;
    return this;
  }

  /** The long name without dashes. */
  public String name() {
    return name;
  }

  public FlagType<T> type() {
    return type;
  }

  public T defaultValue() {
    return defaultValue;
  }

  /** What the help says of it. */
  public String usage() {
    return usage;
  }

  String shorthand() {
    return shorthand;
  }

  String deprecation() {
    return deprecation;
  }

  /** Why the flag has no effect; "" for one that has. */
  public String inertReason() {
    return inertReason;
  }

  /** How error messages name the flag: {@code --name} or {@code -n, --name}. */
  String spelling() {
    return shorthand.isEmpty() ? "--" + name : "-" + shorthand + ", --" + name;
  }
}
