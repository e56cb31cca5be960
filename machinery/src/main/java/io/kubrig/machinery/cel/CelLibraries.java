package io.kubrig.machinery.cel;

import static io.kubrig.machinery.cel.CelFunctions.text;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.TypeParamType;
import io.kubrig.machinery.cel.CelFunctions.Failure;
import io.kubrig.machinery.quantity.Quantity;
import io.kubrig.machinery.quantity.QuantityException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.BinaryOperator;

/** The function libraries of Kubernetes: lists, regex, URLs, quantities, semantic versions; addresses have a file of their own. */
final class CelLibraries {
  private static final CelType BOOL = SimpleType.BOOL;
  private static final CelType INT = SimpleType.INT;
  private static final CelType STRING = SimpleType.STRING;
  private static final CelType A = TypeParamType.create("A");
  private static final CelType LIST_A = ListType.create(A);

  private CelLibraries() {}

  static void addTo(CelFunctions functions) {
    functions.type(CelTypes.URL, URI.class);
    functions.type(CelTypes.QUANTITY, Quantity.class);
    functions.type(CelTypes.SEMVER, Semver.class);
    lists(functions);
    regex(functions);
    urls(functions);
    quantities(functions);
    semver(functions);
    AddressLibrary.addTo(functions);
    functions.member("format", "string_format", STRING, a -> TextFormat.format(text(a, 0), (List<?>) a[1]), STRING,
        ListType.create(SimpleType.DYN));
  }

  // ---- lists ---------------------------------------------------------------------------------------------------------

  private static void lists(CelFunctions functions) {
    Map<String, CelType> ordered = new LinkedHashMap<>();
    for (CelType type : List.of(INT, SimpleType.DOUBLE, BOOL, SimpleType.DURATION, SimpleType.TIMESTAMP, STRING, SimpleType.BYTES)) {
      ordered.put(type.name().replace("google.protobuf.", "").toLowerCase(Locale.ROOT), type);
    }
    ordered.forEach(
        (name, type) -> {
          functions.member("isSorted", "list_" + name + "_is_sorted_bool", BOOL, a -> isSorted((List<?>) a[0]), ListType.create(type));
          functions.member("max", "list_" + name + "_max_" + name, type, a -> extreme((List<?>) a[0], "max", 1), ListType.create(type));
          functions.member("min", "list_" + name + "_min_" + name, type, a -> extreme((List<?>) a[0], "min", -1), ListType.create(type));
        });
    functions.member("sum", "list_int_sum_int", INT, a -> sum((List<?>) a[0], 0L), ListType.create(INT));
    functions.member("sum", "list_double_sum_double", SimpleType.DOUBLE, a -> sum((List<?>) a[0], 0.0), ListType.create(SimpleType.DOUBLE));
    functions.member("sum", "list_duration_sum_duration", SimpleType.DURATION, a -> sum((List<?>) a[0], Duration.ZERO),
        ListType.create(SimpleType.DURATION));
    functions.member("indexOf", "list_a_index_of_int", INT, a -> (long) ((List<?>) a[0]).indexOf(a[1]), LIST_A, A);
    functions.member("lastIndexOf", "list_a_last_index_of_int", INT, a -> (long) ((List<?>) a[0]).lastIndexOf(a[1]), LIST_A, A);
  }

  @SuppressWarnings("unchecked")
  private static int compare(Object one, Object other) {
    if (one instanceof Number a && other instanceof Number b) {
      return a instanceof Double || b instanceof Double ? Double.compare(a.doubleValue(), b.doubleValue())
          : Long.compare(a.longValue(), b.longValue());
    }
    if (one instanceof Comparable<?> && one.getClass() == other.getClass()) {
      return ((Comparable<Object>) one).compareTo(other);
    }
    throw new Failure("no such overload");
  }

  private static boolean isSorted(List<?> list) {
    for (int i = 1; i < list.size(); i++) {
      if (compare(list.get(i - 1), list.get(i)) > 0) {
        return false;
      }
    }
    return true;
  }

  private static Object extreme(List<?> list, String name, int sign) {
    if (list.isEmpty()) {
      throw new Failure(name + " called on empty list");
    }
    Object best = list.getFirst();
    for (Object candidate : list) {
      if (compare(candidate, best) * sign > 0) {
        best = candidate;
      }
    }
    return best;
  }

  private static Object sum(List<?> list, Object zero) {
    BinaryOperator<Object> plus =
        (a, b) ->
            switch (a) {
              case Long number -> Math.addExact(number, ((Number) b).longValue());
              case Double number -> number + ((Number) b).doubleValue();
              default -> ((Duration) a).plus((Duration) b);
            };
    Object sum = zero;
    for (Object element : list) {
      sum = plus.apply(sum, element);
    }
    return sum;
  }

  // ---- regular expressions -------------------------------------------------------------------------------------------

  private static void regex(CelFunctions functions) {
    functions.member("find", "string_find_string", STRING, a -> find(text(a, 0), text(a, 1)), STRING, STRING);
    functions.member("findAll", "string_find_all_string", ListType.create(STRING), a -> findAll(text(a, 0), text(a, 1), -1), STRING,
        STRING);
    functions.member(
        "findAll", "string_find_all_string_int", ListType.create(STRING), a -> findAll(text(a, 0), text(a, 1), (Long) a[2]), STRING,
            STRING, INT);
  }

  private static Matcher matcher(String text, String pattern) {
    try {
      return Pattern.compile(pattern).matcher(text);
    } catch (PatternSyntaxException e) {
      throw new Failure("Illegal regex: error parsing regexp: " + e.getDescription() + ": `" + e.getPattern() + "`");
    }
  }

  private static String find(String text, String pattern) {
    Matcher matcher = matcher(text, pattern);
    return matcher.find() ? matcher.group() : "";
  }

  private static List<Object> findAll(String text, String pattern, long limit) {
    List<Object> found = new ArrayList<>();
    Matcher matcher = matcher(text, pattern);
    while ((limit < 0 || found.size() < limit) && matcher.find()) {
      found.add(matcher.group());
    }
    return found;
  }

  // ---- URLs ----------------------------------------------------------------------------------------------------------

  private static void urls(CelFunctions functions) {
    functions.global("url", "string_to_url", CelTypes.URL, a -> url(text(a, 0)), STRING);
    functions.global("isURL", "is_url_string", BOOL, a -> isUrl(text(a, 0)), STRING);
    functions.member("getScheme", "url_get_scheme", STRING, a -> orEmpty(((URI) a[0]).getScheme()), CelTypes.URL);
    functions.member("getHost", "url_get_host", STRING, a -> authority((URI) a[0]), CelTypes.URL);
    functions.member("getHostname", "url_get_hostname", STRING, a -> hostname((URI) a[0]), CelTypes.URL);
    functions.member("getPort", "url_get_port", STRING, a -> ((URI) a[0]).getPort() < 0 ? ""
        : Integer.toString(((URI) a[0]).getPort()), CelTypes.URL);
    functions.member("getEscapedPath", "url_get_escaped_path", STRING, a -> orEmpty(((URI) a[0]).getRawPath()), CelTypes.URL);
    functions.member("getQuery", "url_get_query", MapType.create(STRING, ListType.create(STRING)), a -> query((URI) a[0]), CelTypes.URL);
  }

  private static URI url(String text) {
    try {
      URI uri = new URI(text);
      if (uri.isAbsolute() || text.startsWith("/")) {
        return uri;
      }
    } catch (URISyntaxException e) {
      throw new Failure("URL parse error during conversion from string: parse \"" + text + "\": " + e.getReason());
    }
    throw new Failure("URL parse error during conversion from string: parse \"" + text + "\": invalid URI for request");
  }

  private static boolean isUrl(String text) {
    try {
      url(text);
      return true;
    } catch (Failure e) {
      return false;
    }
  }

  private static String orEmpty(String text) {
    return Objects.requireNonNullElse(text, "");
  }

  private static String authority(URI uri) {
    String authority = orEmpty(uri.getRawAuthority());
    return authority.substring(authority.indexOf('@') + 1);
  }

  private static String hostname(URI uri) {
    String host = orEmpty(uri.getHost());
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  private static Map<String, Object> query(URI uri) {
    Map<String, Object> query = new LinkedHashMap<>();
    String raw = orEmpty(uri.getRawQuery());
    for (String pair : raw.isEmpty() ? new String[0] : raw.split("&")) {
      int split = pair.indexOf('=');
      String name = URLDecoder.decode(split < 0 ? pair : pair.substring(0, split), StandardCharsets.UTF_8);
      String value = split < 0 ? "" : URLDecoder.decode(pair.substring(split + 1), StandardCharsets.UTF_8);
      @SuppressWarnings("unchecked")
      List<Object> values = (List<Object>) query.computeIfAbsent(name, key -> new ArrayList<>());
      values.add(value);
    }
    return query;
  }

  // ---- quantities ----------------------------------------------------------------------------------------------------

  private static void quantities(CelFunctions functions) {
    CelType quantity = CelTypes.QUANTITY;
    functions.global("quantity", "string_to_quantity", quantity, a -> quantity(text(a, 0)), STRING);
    functions.global("isQuantity", "is_quantity_string", BOOL, a -> isQuantity(text(a, 0)), STRING);
    functions.member("sign", "quantity_sign", INT, a -> (long) ((Quantity) a[0]).sign(), quantity);
    functions.member("isGreaterThan", "quantity_is_greater_than", BOOL, a -> order(a) > 0, quantity, quantity);
    functions.member("isLessThan", "quantity_is_less_than", BOOL, a -> order(a) < 0, quantity, quantity);
    functions.member("compareTo", "quantity_compare_to", INT, a -> (long) Integer.signum(order(a)), quantity, quantity);
    functions.member("asApproximateFloat", "quantity_get_float", SimpleType.DOUBLE, a -> ((Quantity) a[0]).doubleValue(), quantity);
    functions.member("asInteger", "quantity_get_int", INT, a -> integer((Quantity) a[0]), quantity);
    functions.member("isInteger", "quantity_is_integer", BOOL, a -> isInteger((Quantity) a[0]), quantity);
    functions.member("add", "quantity_add", quantity, a -> ((Quantity) a[0]).plus((Quantity) a[1]), quantity, quantity);
    functions.member("add", "quantity_add_int", quantity, a -> ((Quantity) a[0]).plus(Quantity.of((Long) a[1])), quantity, INT);
    functions.member("sub", "quantity_sub", quantity, a -> ((Quantity) a[0]).minus((Quantity) a[1]), quantity, quantity);
    functions.member("sub", "quantity_sub_int", quantity, a -> ((Quantity) a[0]).minus(Quantity.of((Long) a[1])), quantity, INT);
  }

  private static int order(Object[] a) {
    return ((Quantity) a[0]).compareTo((Quantity) a[1]);
  }

  private static Quantity quantity(String text) {
    try {
      return Quantity.parse(text);
    } catch (QuantityException e) {
      throw new Failure("quantity parse error during conversion from string: " + e.getMessage());
    }
  }

  private static boolean isQuantity(String text) {
    try {
      Quantity.parse(text);
      return true;
    } catch (QuantityException e) {
      return false;
    }
  }

  private static boolean isInteger(Quantity quantity) {
    return quantity.amount().stripTrailingZeros().scale() <= 0 && quantity.amount().toBigInteger().bitLength() < Long.SIZE;
  }

  private static Object integer(Quantity quantity) {
    if (!isInteger(quantity)) {
      throw new Failure("cannot convert value to integer");
    }
    return quantity.amount().longValue();
  }

  // ---- semantic versions ---------------------------------------------------------------------------------------------

  private static void semver(CelFunctions functions) {
    CelType semver = CelTypes.SEMVER;
    functions.global("semver", "string_to_semver", semver, a -> parsed(text(a, 0), false), STRING);
    functions.global("semver", "string_bool_to_semver", semver, a -> parsed(text(a, 0), (Boolean) a[1]), STRING, BOOL);
    functions.global("isSemver", "is_semver_string", BOOL, a -> Semver.parse(text(a, 0), false).isPresent(), STRING);
    functions.global("isSemver", "is_semver_string_bool", BOOL, a -> Semver.parse(text(a, 0), (Boolean) a[1]).isPresent(), STRING, BOOL);
    functions.member("isGreaterThan", "semver_is_greater_than", BOOL, a -> ((Semver) a[0]).compareTo((Semver) a[1]) > 0, semver, semver);
    functions.member("isLessThan", "semver_is_less_than", BOOL, a -> ((Semver) a[0]).compareTo((Semver) a[1]) < 0, semver, semver);
    functions.member("compareTo", "semver_compare_to", INT, a -> (long) Integer.signum(((Semver) a[0]).compareTo((Semver) a[1])), semver,
        semver);
    functions.member("major", "semver_major", INT, a -> ((Semver) a[0]).major(), semver);
    functions.member("minor", "semver_minor", INT, a -> ((Semver) a[0]).minor(), semver);
    functions.member("patch", "semver_patch", INT, a -> ((Semver) a[0]).patch(), semver);
  }

  private static Semver parsed(String text, boolean lenient) {
    return Semver.parse(text, lenient)
        .orElseThrow(() -> new Failure("semver parse error during conversion from string: " + text + " is no version"));
  }
}
