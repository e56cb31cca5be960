package io.kubrig.apiserver.validation;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The rules for names, labels and keys, with native's words (source: apimachinery/pkg/util/validation). Each answers what is wrong; an
 * empty list when nothing is.
 */
public final class Names {
  private static final String DNS_LABEL_TEXT =
      "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric"
          + " character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
  private static final String DNS_SUBDOMAIN_TEXT =
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an"
          + " alphanumeric character (e.g. 'example.com', regex used for validation is"
          + " '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
  private static final String DNS_1035_TEXT =
      "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an"
          + " alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
  private static final String NAME_PART_TEXT =
      "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or"
          + " 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
  private static final String LABEL_VALUE_TEXT =
      "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an"
          + " alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is"
          + " '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

  private Names() {}

  public static List<String> dnsLabel(String value) {
    List<String> wrong = new ArrayList<>();
    tooLong(value, 63, "characters", wrong);
    if (!isDnsLabel(value)) {
      wrong.add(isDnsSubdomain(value) ? "must not contain dots" : DNS_LABEL_TEXT);
    }
    return wrong;
  }

  public static List<String> dnsLabel(String value, boolean prefix) {
    return dnsLabel(prefix ? masked(value) : value);
  }

  public static List<String> dns1035Label(String value) {
    List<String> wrong = new ArrayList<>();
    tooLong(value, 63, "characters", wrong);
    if (!isDnsLabel(value) || !isLower(value.charAt(0))) {
      wrong.add(DNS_1035_TEXT);
    }
    return wrong;
  }

  public static List<String> dns1035Label(String value, boolean prefix) {
    return dns1035Label(prefix ? masked(value) : value);
  }

  public static List<String> dnsSubdomain(String value) {
    List<String> wrong = new ArrayList<>();
    tooLong(value, 253, "characters", wrong);
    if (!isDnsSubdomain(value)) {
      wrong.add(DNS_SUBDOMAIN_TEXT);
    }
    return wrong;
  }

  public static List<String> dnsSubdomain(String value, boolean prefix) {
    return dnsSubdomain(prefix ? masked(value) : value);
  }

  public static List<String> pathSegment(String value, boolean prefix) {
    List<String> wrong = new ArrayList<>();
    if (!prefix && (value.equals(".") || value.equals(".."))) {
      return List.of("may not be '" + value + "'");
    }
    for (String illegal : List.of("/", "%")) {
      if (value.contains(illegal)) {
        wrong.add("may not contain '" + illegal + "'");
      }
    }
    return wrong;
  }

  /** A label, annotation or taint key: an optional DNS subdomain and a slash before a name of at most 63 characters. */
  public static List<String> qualifiedName(String value) {
    List<String> wrong = new ArrayList<>();
    String[] parts = value.split("/", -1);
    String name = parts[parts.length - 1];
    if (parts.length == 2) {
      if (parts[0].isEmpty()) {
        wrong.add("prefix part must be non-empty");
      } else {
        dnsSubdomain(parts[0]).forEach(text -> wrong.add("prefix part " + text));
      }
    } else if (parts.length > 2) {
      wrong.add(
          "a valid label key must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
              + "character"
              + " (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
              + " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')");
      return wrong;
    }
    if (name.isEmpty()) {
      wrong.add("name part must be non-empty");
    } else if (name.length() > 63) {
      wrong.add("name part must be no more than 63 bytes");
    }
    if (!isNamePart(name)) {
      wrong.add("name part " + NAME_PART_TEXT);
    }
    return wrong;
  }

  public static List<String> labelValue(String value) {
    List<String> wrong = new ArrayList<>();
    tooLong(value, 63, "bytes", wrong);
    if (!value.isEmpty() && !isNamePart(value)) {
      wrong.add(LABEL_VALUE_TEXT);
    }
    return wrong;
  }

  public static boolean isDnsLabel(String value) {
    return isDnsLabel(value, 0, value.length());
  }

  private static boolean isDnsLabel(String value, int from, int to) {
    if (from >= to || !isLowerOrDigit(value.charAt(from)) || !isLowerOrDigit(value.charAt(to - 1))) {
      return false;
    }
    for (int i = from; i < to; i++) {
      char c = value.charAt(i);
      if (!isLowerOrDigit(c) && c != '-') {
        return false;
      }
    }
    return true;
  }

  public static boolean isDnsSubdomain(String value) {
    int from = 0;
    while (true) {
      int dot = value.indexOf('.', from);
      if (!isDnsLabel(value, from, dot < 0 ? value.length() : dot)) {
        return false;
      }
      if (dot < 0) {
        return true;
      }
      from = dot + 1;
    }
  }

  private static boolean isNamePart(String value) {
    if (value.isEmpty() || !isAlphanumeric(value.charAt(0)) || !isAlphanumeric(value.charAt(value.length() - 1))) {
      return false;
    }
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (!isAlphanumeric(c) && c != '-' && c != '_' && c != '.') {
        return false;
      }
    }
    return true;
  }

  /** A prefix gets a suffix: what it ends in does not count. */
  private static String masked(String value) {
    return value.length() > 1 && value.endsWith("-") ? value.substring(0, value.length() - 2) + 'a' : value;
  }

  private static void tooLong(String value, int max, String unit, List<String> wrong) {
    if (value.getBytes(StandardCharsets.UTF_8).length > max) {
      wrong.add("must be no more than " + max + " " + unit);
    }
  }

  private static boolean isLower(char c) {
    return c >= 'a' && c <= 'z';
  }

  private static boolean isLowerOrDigit(char c) {
    return isLower(c) || (c >= '0' && c <= '9');
  }

  private static boolean isAlphanumeric(char c) {
    return isLowerOrDigit(c) || (c >= 'A' && c <= 'Z');
  }
}
