package io.kubrig.apiserver.customresource;

import io.kubrig.apiserver.validation.Names;
import io.kubrig.machinery.network.Cidr;
import io.kubrig.machinery.network.IpAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * The formats of strings that schemas may name, with hyphens left out. (Source: API reference "CustomResourceDefinition",
 * kube-openapi/pkg/validation/strfmt.)
 */
final class Formats {
  private static final String ISBN10 = "^(?:[0-9]{9}X|[0-9]{10})$";
  private static final String ISBN13 = "^(?:[0-9]{13})$";
  private static final Pattern DATE_TIME =
      Pattern.compile("\\d{4}-\\d{2}-\\d{2}[Tt ]\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?([Zz]|[+-]\\d{2}:?\\d{2})?");
  private static final Pattern DURATION =
      Pattern.compile("[-+]?(\\d+(\\.\\d*)?|\\.\\d+)(ns|us|µs|μs|ms|s|m|h)([0-9.]+(ns|us|µs|μs|ms|s|m|h))*|0"
          + "|[-+]?\\d+\\s*(ns|us|µs|μs|ms|s|m|h|d|w|nano(second)?s?|micro(second)?s?|milli(second)?s?|sec(ond)?s?|min(ute)?s?|hr?s?|hours?|days?|wk?s?|weeks?)");
  private static final Set<String> INTEGERS = Set.of("int32", "int64");
  private static final Set<String> NUMBERS = Set.of("float", "double");

  private static final Map<String, Predicate<String>> STRINGS =
      Map.ofEntries(
          Map.entry("bsonobjectid", matching("^[0-9a-fA-F]{24}$")),
          Map.entry("uri", Formats::isUri),
          Map.entry("email", matching("^[^@\\s<>\"]+@[^@\\s<>]+$")),
          Map.entry("hostname", text -> text.length() <= 255
              && matching("^[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?(\\.[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?)*\\.?$").test(text)),
          Map.entry("ipv4", text -> text.contains(".") && IpAddress.parse(text).isPresent()),
          Map.entry("ipv6", text -> text.contains(":") && IpAddress.parse(text).isPresent()),
          Map.entry("cidr", text -> Cidr.parse(text).isPresent()),
          Map.entry("mac", matching("^([0-9a-fA-F]{2}[:-]){5}([0-9a-fA-F]{2})$|^([0-9a-fA-F]{4}\\.){2}[0-9a-fA-F]{4}$")),
          Map.entry("uuid", uuid("[0-9a-f]{4}", "[0-9a-f]{4}")),
          Map.entry("uuid3", uuid("3[0-9a-f]{3}", "[0-9a-f]{4}")),
          Map.entry("uuid4", uuid("4[0-9a-f]{3}", "[89ab][0-9a-f]{3}")),
          Map.entry("uuid5", uuid("5[0-9a-f]{3}", "[89ab][0-9a-f]{3}")),
          Map.entry("isbn", text -> isIsbn10(text) || isIsbn13(text)),
          Map.entry("isbn10", Formats::isIsbn10),
          Map.entry("isbn13", Formats::isIsbn13),
          Map.entry("creditcard", Formats::isCreditCard),
          Map.entry("ssn", matching("^\\d{3}[- ]?\\d{2}[- ]?\\d{4}$")),
          Map.entry("hexcolor", matching("^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$")),
          Map.entry("rgbcolor", Formats::isRgb),
          Map.entry("byte", Formats::isBase64),
          Map.entry("password", text -> true),
          Map.entry("date", Formats::isDate),
          Map.entry("duration", text -> DURATION.matcher(text).matches()),
          Map.entry("datetime", text -> DATE_TIME.matcher(text).matches()),
          Map.entry("k8sshortname", text -> Names.dnsLabel(text).isEmpty()),
          Map.entry("k8slongname", text -> Names.dnsSubdomain(text).isEmpty()));

  private Formats() {}

  /** The format if values of the type are checked against it, else "". */
  static String supported(String format, String type) {
    boolean known =
        switch (type) {
          case "", "string" -> STRINGS.containsKey(normal(format));
          case "integer" -> INTEGERS.contains(format);
          case "number" -> NUMBERS.contains(format);
          default -> false;
        };
    return known ? format : "";
  }

  static boolean fits(String format, String text) {
    Predicate<String> check = STRINGS.get(normal(format));
    return check == null || check.test(text);
  }

  private static String normal(String format) {
    return format.replace("-", "");
  }

  private static Predicate<String> matching(String pattern) {
    return Pattern.compile(pattern).asMatchPredicate();
  }

  private static Predicate<String> uuid(String third, String fourth) {
    return Pattern.compile("[0-9a-f]{8}-?[0-9a-f]{4}-?" + third + "-?" + fourth + "-?[0-9a-f]{12}", Pattern.CASE_INSENSITIVE)
        .asMatchPredicate();
  }

  private static boolean isUri(String text) {
    try {
      URI uri = new URI(text);
      return uri.isAbsolute() || text.startsWith("/");
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private static boolean isDate(String text) {
    try {
      LocalDate.parse(text);
      return true;
    } catch (DateTimeException e) {
      return false;
    }
  }

  private static boolean isBase64(String text) {
    try {
      Base64.getDecoder().decode(text);
      return text.length() % 4 == 0 && !text.isEmpty();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static boolean isRgb(String text) {
    var matcher = Pattern.compile("^rgb\\(\\s*(\\d{1,3})\\s*,\\s*(\\d{1,3})\\s*,\\s*(\\d{1,3})\\s*\\)$").matcher(text);
    if (!matcher.matches()) {
      return false;
    }
    return Integer.parseInt(matcher.group(1)) < 256 && Integer.parseInt(matcher.group(2)) < 256 && Integer.parseInt(matcher.group(3)) < 256;
  }

  private static String digits(String text) {
    return text.replaceAll("[\\s-]+", "");
  }

  private static boolean isIsbn10(String text) {
    String digits = digits(text);
    if (!digits.matches(ISBN10)) {
      return false;
    }
    int sum = 0;
    for (int i = 0; i < 10; i++) {
      sum += (i + 1) * (digits.charAt(i) == 'X' ? 10 : digits.charAt(i) - '0');
    }
    return sum % 11 == 0;
  }

  private static boolean isIsbn13(String text) {
    String digits = digits(text);
    if (!digits.matches(ISBN13)) {
      return false;
    }
    int sum = 0;
    for (int i = 0; i < 12; i++) {
      sum += (i % 2 == 0 ? 1 : 3) * (digits.charAt(i) - '0');
    }
    return digits.charAt(12) - '0' == (10 - sum % 10) % 10;
  }

  private static boolean isCreditCard(String text) {
    String digits = text.replaceAll("[^0-9]+", "");
    if (!digits.matches(
        "4[0-9]{12}(?:[0-9]{3})?|5[1-5][0-9]{14}|6(?:011|5[0-9][0-9])[0-9]{12}|3[47][0-9]{13}|3(?:0[0-5]|[68][0-9])[0-9]{11}|(?:2131|1800|35\\d{3})\\d{11}")) {
      return false;
    }
    int sum = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(digits.length() - 1 - i) - '0';
      int weighed = i % 2 == 0 ? digit : digit * 2;
      sum += weighed > 9 ? weighed - 9 : weighed;
    }
    return sum % 10 == 0;
  }
}
