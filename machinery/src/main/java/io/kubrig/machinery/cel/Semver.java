package io.kubrig.machinery.cel;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A semantic version (semver.org 2.0.0). Build metadata does not count in comparisons. */
public record Semver(long major, long minor, long patch, List<String> preRelease) implements Comparable<Semver> {
  private static final Pattern FORM =
      Pattern.compile(
          "(0|[1-9]\\d*)\\.(0|[1-9]\\d*)\\.(0|[1-9]\\d*)(?:-((?:0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\\.(?:0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?"
              + "(?:\\+([0-9a-zA-Z-]+(?:\\.[0-9a-zA-Z-]+)*))?");

  /**
   * The version that a text writes.
   *
   * @param lenient whether a leading v, missing parts and leading zeros are tolerated
   */
  public static Optional<Semver> parse(String text, boolean lenient) {
    Matcher matcher = FORM.matcher(lenient ? normalised(text) : text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    try {
      List<String> pre = matcher.group(4) == null ? List.of() : List.of(matcher.group(4).split("\\."));
      return Optional.of(new Semver(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)), Long.parseLong(matcher.group(3)),
          pre));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static String normalised(String text) {
    String rest = text.startsWith("v") ? text.substring(1) : text;
    int end = 0;
    while (end < rest.length() && (Character.isDigit(rest.charAt(end)) || rest.charAt(end) == '.')) {
      end++;
    }
    StringBuilder core = new StringBuilder();
    String[] parts = rest.substring(0, end).split("\\.", -1);
    for (int i = 0; i < Math.max(parts.length, 3); i++) {
      String part = i < parts.length ? parts[i] : "0";
      core.append(i == 0 ? "" : ".").append(part.isEmpty() ? part : part.replaceFirst("^0+(?=\\d)", ""));
    }
    return core + rest.substring(end);
  }

  @Override
  public int compareTo(Semver other) {
    int order = Long.compare(major, other.major);
    order = order != 0 ? order : Long.compare(minor, other.minor);
    order = order != 0 ? order : Long.compare(patch, other.patch);
    if (order != 0 || preRelease.equals(other.preRelease)) {
      return order;
    }
    if (preRelease.isEmpty() || other.preRelease.isEmpty()) {
      return preRelease.isEmpty() ? 1 : -1;
    }
    for (int i = 0; i < Math.min(preRelease.size(), other.preRelease.size()); i++) {
      int part = comparePart(preRelease.get(i), other.preRelease.get(i));
      if (part != 0) {
        return part;
      }
    }
    return Integer.compare(preRelease.size(), other.preRelease.size());
  }

  private static int comparePart(String one, String other) {
    boolean a = one.chars().allMatch(Character::isDigit);
    boolean b = other.chars().allMatch(Character::isDigit);
    if (a && b) {
      return new java.math.BigInteger(one).compareTo(new java.math.BigInteger(other));
    }
    return a ? -1 : b ? 1 : one.compareTo(other);
  }
}
