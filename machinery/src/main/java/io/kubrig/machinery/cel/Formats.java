package io.kubrig.machinery.cel;

import io.kubrig.machinery.selector.LabelSyntax;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the formats of {@link FormatLibrary} demand. (Source: apiserver/pkg/cel/library/format.go, kube-openapi/pkg/validation/strfmt.) */
public final class Formats {
  private static final int LONGEST_LABEL = 63;
  private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
  private static final Pattern LABEL_1035 = Pattern.compile("[a-z]([-a-z0-9]*[a-z0-9])?");
  private static final String LABEL_RULE = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must "
      + "start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '" + LABEL + "')";
  private static final String LABEL_1035_RULE = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an "
      + "alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '"
      + LABEL_1035 + "')";
  private static final Pattern UUID = Pattern.compile("(?i)[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}");
  private static final Pattern BASE64 =
      Pattern.compile("(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})");
  private static final Pattern DATE = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");
  private static final Pattern TIME = Pattern.compile("(\\d{2}):(\\d{2}):(\\d{2})(.\\d+)?(z|([+-]\\d{2}:\\d{2}))");

  private static final Map<String, Function<String, List<String>>> ALL = new LinkedHashMap<>();

  static {
    ALL.put("dns1123Label", Formats::label);
    ALL.put("dns1123Subdomain", Formats::subdomain);
    ALL.put("dns1035Label", Formats::label1035);
    ALL.put("dns1123LabelPrefix", text -> label(masked(text)));
    ALL.put("dns1123SubdomainPrefix", text -> subdomain(masked(text)));
    ALL.put("dns1035LabelPrefix", text -> label1035(masked(text)));
    ALL.put("qualifiedName", LabelSyntax::keyErrors);
    ALL.put("labelValue", LabelSyntax::valueErrors);
    ALL.put("uri", Formats::uri);
    ALL.put("uuid", matching(text -> UUID.matcher(text).matches(), "does not match the UUID format"));
    ALL.put("byte", matching(text -> BASE64.matcher(text).matches(), "invalid base64"));
    ALL.put("date", matching(Formats::isDate, "invalid date"));
    ALL.put("datetime", matching(Formats::isDateTime, "invalid datetime"));
  }

  private Formats() {}

  /** Adds the library with these formats to a language. */
  public static void addTo(CelFunctions functions) {
    FormatLibrary.addTo(functions, ALL);
  }

  private static Function<String, List<String>> matching(Predicate<String> fits, String otherwise) {
    return text -> fits.test(text) ? List.of() : List.of(otherwise);
  }

  private static List<String> label(String text) {
    List<String> wrong = tooLong(text);
    if (!LABEL.matcher(text).matches()) {
      wrong.add(LabelSyntax.subdomainErrors(text).isEmpty() ? "must not contain dots" : LABEL_RULE);
    }
    return wrong;
  }

  /** Where names are checked, native counts characters in words, where labels are, bytes. */
  private static List<String> subdomain(String text) {
    return LabelSyntax.subdomainErrors(text).stream().map(wrong -> wrong.replace("253 bytes", "253 characters")).toList();
  }

  private static List<String> label1035(String text) {
    List<String> wrong = tooLong(text);
    if (!LABEL_1035.matcher(text).matches()) {
      wrong.add(LABEL_1035_RULE);
    }
    return wrong;
  }

  private static List<String> tooLong(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length <= LONGEST_LABEL ? new ArrayList<>()
        : new ArrayList<>(List.of("must be no more than " + LONGEST_LABEL + " characters"));
  }

  /** A prefix gets a suffix: what it ends in does not count. */
  private static String masked(String text) {
    return text.length() > 1 && text.endsWith("-") ? text.substring(0, text.length() - 2) + 'a' : text;
  }

  private static List<String> uri(String text) {
    try {
      return new URI(text).isAbsolute() || text.startsWith("/") ? List.of() : List.of("parse \"" + text + "\": invalid URI for request");
    } catch (URISyntaxException e) {
      return List.of("parse \"" + text + "\": " + e.getReason());
    }
  }

  private static boolean isDate(String text) {
    try {
      return DATE.matcher(text).matches() && LocalDate.parse(text) != null;
    } catch (DateTimeException e) {
      return false; // February 30th
    }
  }

  private static boolean isDateTime(String text) {
    String[] parts = text.toLowerCase(Locale.ROOT).split("t", -1);
    Matcher time = TIME.matcher(parts.length < 2 ? "" : parts[1]);
    return time.matches() && isDate(parts[0]) && time.group(1).compareTo("23") <= 0 && time.group(2).compareTo("59") <= 0
        && time.group(3).compareTo("59") <= 0;
  }
}
