package io.kubrig.machinery.selector;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The syntax of label keys (qualified names) and label values, with the messages of native validation; no message means valid. */
public final class LabelSyntax {
  private static final int LONGEST_NAME = 63;
  private static final int LONGEST_SUBDOMAIN = 253;
  private static final String NAME_FORMAT = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
  private static final String NAME_RULE =
      "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  "
          + "or 'my.name', "
          + " or '123-abc', regex used for validation is '"
          + NAME_FORMAT
          + "')";
  private static final String VALUE_RULE =
      "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
          + "alphanumeric"
          + " character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '("
          + NAME_FORMAT
          + ")?')";
  private static final String SUBDOMAIN_RULE =
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an "
          + "alphanumeric"
          + " character (e.g. 'example.com', regex used for validation is"
          + " '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

  private LabelSyntax() {}

  /** What is wrong with a key such as {@code example.com/name}. */
  public static List<String> keyErrors(String key) {
    int slash = key.indexOf('/');
    if (slash >= 0 && key.indexOf('/', slash + 1) >= 0) {
      return List.of("a valid label key " + NAME_RULE + " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')");
    }
    String name = key.substring(slash + 1);
    if (slash < 0 && isName(name)) {
      return List.of();
    }
    List<String> errors = new ArrayList<>();
    if (slash == 0) {
      errors.add("prefix part must be non-empty");
    } else if (slash > 0) {
      subdomainErrors(key.substring(0, slash)).forEach(error -> errors.add("prefix part " + error));
    }
    if (name.isEmpty()) {
      errors.add("name part must be non-empty");
    } else if (tooLong(name, LONGEST_NAME)) {
      errors.add("name part must be no more than 63 bytes");
    }
    if (!hasNameShape(name)) {
      errors.add("name part " + NAME_RULE);
    }
    return errors;
  }

  /** What is wrong with a value; an empty one is valid. */
  public static List<String> valueErrors(String value) {
    if (value.isEmpty() || isName(value)) {
      return List.of();
    }
    List<String> errors = new ArrayList<>();
    if (tooLong(value, LONGEST_NAME)) {
      errors.add("must be no more than 63 bytes");
    }
    if (!hasNameShape(value)) {
      errors.add(VALUE_RULE);
    }
    return errors;
  }

  /** What is wrong with a DNS subdomain in the sense of RFC 1123. */
  public static List<String> subdomainErrors(String text) {
    List<String> errors = new ArrayList<>();
    if (tooLong(text, LONGEST_SUBDOMAIN)) {
      errors.add("must be no more than 253 bytes");
    }
    if (!isSubdomain(text)) {
      errors.add(SUBDOMAIN_RULE);
    }
    return errors;
  }

  private static boolean tooLong(String text, int most) {
    return text.length() > most || text.length() * 3 > most && text.getBytes(StandardCharsets.UTF_8).length > most;
  }

  private static boolean isName(String text) {
    return text.length() <= LONGEST_NAME && hasNameShape(text);
  }

  private static boolean hasNameShape(String text) {
    int end = text.length() - 1;
    if (end < 0 || !alphanumeric(text.charAt(0)) || !alphanumeric(text.charAt(end))) {
      return false;
    }
    for (int i = 1; i < end; i++) {
      char c = text.charAt(i);
      if (!alphanumeric(c) && c != '-' && c != '_' && c != '.') {
        return false;
      }
    }
    return true;
  }

  private static boolean isSubdomain(String text) {
    boolean lastWasAlphanumeric = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean here = c >= 'a' && c <= 'z' || c >= '0' && c <= '9';
      boolean startsLabel = i == 0 || text.charAt(i - 1) == '.';
      if (!here && (c != '-' || startsLabel) && (c != '.' || !lastWasAlphanumeric)) {
        return false;
      }
      lastWasAlphanumeric = here;
    }
    return lastWasAlphanumeric;
  }

  private static boolean alphanumeric(char c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
  }
}
