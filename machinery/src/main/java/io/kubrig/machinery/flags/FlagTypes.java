package io.kubrig.machinery.flags;

import io.kubrig.machinery.duration.GoDuration;
import java.math.BigInteger;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The flag types of the native components, with their error texts. */
public final class FlagTypes {
  private static final BigInteger INT64_MAX = BigInteger.valueOf(Long.MAX_VALUE);
  private static final BigInteger INT64_MIN = BigInteger.valueOf(Long.MIN_VALUE);

  private FlagTypes() {}

  public static final FlagType<Boolean> BOOL =
      new Plain<>("", FlagTypes::parseBool, String::valueOf, value -> !value) {
        @Override
        public Optional<String> impliedText() {
          return Optional.of("true");
        }
      };
  public static final FlagType<String> STRING = new Quoted("string", text -> text);
  public static final FlagType<Integer> INT = integer("int");
  public static final FlagType<Integer> INT32 = integer("int32");
  public static final FlagType<Long> INT64 = new Plain<>("int", text -> parseInt(text, 64).longValueExact(), String::valueOf, v -> v == 0);

  /** The verbosity of the log, {@code -v}. */
  public static final FlagType<Integer> LEVEL =
      new Plain<>("Level", text -> parseInt(text, 32).intValueExact(), String::valueOf, v -> v == 0);

  public static final FlagType<Double> FLOAT = floating("float");
  public static final FlagType<Double> FLOAT32 = floating("float32");
  public static final FlagType<Duration> DURATION = new Plain<>("duration", GoDuration::parse, GoDuration::format, Duration::isZero);

  /** A resource quantity such as {@code 512Mi}. Shape: the text, checked. */
  public static final FlagType<String> QUANTITY =
      new Plain<>("quantity", FlagTypes::parseQuantity, text -> text, text -> text.isEmpty() || text.equals("0"));

  /** An IP address; the wildcard address when it is empty. */
  public static final FlagType<InetAddress> IP =
      new Plain<>("ip", FlagTypes::parseIp, InetAddress::getHostAddress, address -> false);

  /** An address and a port, {@code 127.0.0.1:10249}. Shape: the text, checked. */
  public static final FlagType<String> IP_PORT = new Plain<>("ipport", FlagTypes::parseIpPort, text -> text, String::isEmpty);

  /** A range of ports, {@code 30000-32767}. */
  public static final FlagType<PortRange> PORT_RANGE = new Plain<>("portRange", PortRange::parse, PortRange::toString, PortRange::isEmpty);

  /** Texts separated by commas; a repeated flag adds to the list. */
  public static final FlagType<List<String>> STRINGS =
      new Collected<>("strings", FlagTypes::splitCsv, FlagTypes::bracketed, List::isEmpty, FlagTypes::concat);

  /** Texts, one for each occurrence of the flag, commas and all. */
  public static final FlagType<List<String>> STRING_ARRAY =
      new Collected<>("stringArray", List::of, FlagTypes::bracketed, List::isEmpty, FlagTypes::concat);

  public static final FlagType<List<Integer>> INT32_SLICE =
      new Collected<>("int32Slice", FlagTypes::parseInts, FlagTypes::bracketed, values -> false, FlagTypes::concat);

  public static final FlagType<Map<String, String>> STRING_MAP = MapFlags.strings("mapStringString");
  public static final FlagType<Map<String, String>> STRING_TO_STRING = MapFlags.strings("stringToString");
  public static final FlagType<Map<String, Boolean>> BOOL_MAP = MapFlags.booleans("mapStringBool");

  /** Keys that may come several times, {@code component:Gate=true,...}. */
  public static final FlagType<Map<String, List<String>>> MULTIMAP = MapFlags.multimap("colonSeparatedMultimapStringString");

  /** The value of {@code --version}: {@code true}, {@code false}, {@code raw}, or a version to report. */
  static final FlagType<String> VERSION =
      new Plain<>("version", FlagTypes::parseVersion, text -> text, text -> text.equals("false")) {
        @Override
        public Optional<String> impliedText() {
          return Optional.of("true");
        }
      };

  /** A type whose values are one of a few words. */
  public static FlagType<String> oneOf(String typeName, Set<String> words) {
    return new Quoted(
        typeName,
        text -> {
          if (!text.isEmpty() && !words.contains(text)) {
            throw new IllegalArgumentException("possible values: " + String.join(", ", words.stream().sorted().toList()));
          }
          return text;
        });
  }

  /** A type like {@code string} under another word in the help output. */
  public static FlagType<String> text(String typeName) {
    return new Quoted(typeName, text -> text);
  }

  private static FlagType<Integer> integer(String name) {
    return new Plain<>(name, text -> parseInt(text, 32).intValueExact(), String::valueOf, value -> value == 0);
  }

  private static FlagType<Double> floating(String name) {
    return new Plain<>(name, FlagTypes::parseFloat, FlagTypes::formatFloat, value -> value == 0);
  }

  static boolean parseBool(String text) {
    return switch (text) {
      case "1", "t", "T", "true", "TRUE", "True" -> true;
      case "0", "f", "F", "false", "FALSE", "False" -> false;
      default -> throw new IllegalArgumentException("strconv.ParseBool: parsing " + quote(text) + ": invalid syntax");
    };
  }

  private static String parseVersion(String text) {
    return text.equals("raw") || text.startsWith("v") ? text : String.valueOf(parseBool(text));
  }

  private static BigInteger parseInt(String text, int bits) {
    BigInteger value;
    try {
      value = decode(text.toLowerCase(Locale.ROOT));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("strconv.ParseInt: parsing " + quote(text) + ": invalid syntax");
    }
    boolean fits = bits == 64 ? value.compareTo(INT64_MAX) <= 0 && value.compareTo(INT64_MIN) >= 0 : value.bitLength() < bits;
    if (!fits) {
      throw new IllegalArgumentException("strconv.ParseInt: parsing " + quote(text) + ": value out of range");
    }
    return value;
  }

  private static BigInteger decode(String text) {
    boolean signed = text.startsWith("-") || text.startsWith("+");
    String digits = signed ? text.substring(1) : text;
    if (digits.startsWith("-") || digits.startsWith("+")) {
      throw new NumberFormatException(text);
    }
    BigInteger magnitude;
    if (digits.startsWith("0x")) {
      magnitude = new BigInteger(digits.substring(2), 16);
    } else if (digits.startsWith("0b")) {
      magnitude = new BigInteger(digits.substring(2), 2);
    } else if (digits.startsWith("0o")) {
      magnitude = new BigInteger(digits.substring(2), 8);
    } else {
      magnitude = digits.length() > 1 && digits.startsWith("0") ? new BigInteger(digits, 8) : new BigInteger(digits);
    }
    return text.startsWith("-") ? magnitude.negate() : magnitude;
  }

  private static double parseFloat(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("strconv.ParseFloat: parsing " + quote(text) + ": invalid syntax");
    }
  }

  private static String formatFloat(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15 ? Long.toString((long) value) : Double.toString(value);
  }

  private static String parseQuantity(String text) {
    if (!text.matches("[+-]?(\\d+\\.?\\d*|\\.\\d+)([numkMGTPE]|[KMGTPE]i|[eE][+-]?\\d+)?")) {
      throw new IllegalArgumentException(
          "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
    }
    return text;
  }

  private static InetAddress parseIp(String text) {
    try {
      return InetAddress.ofLiteral(text.strip());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("failed to parse IP: " + quote(text));
    }
  }

  private static String parseIpPort(String text) {
    if (text.isEmpty()) {
      return text;
    }
    int colon = text.lastIndexOf(':');
    String host = colon > 0 ? text.substring(0, colon) : text;
    parseIp(host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host);
    if (colon > 0) {
      int port = parseInt(text.substring(colon + 1), 32).intValueExact();
      if (port < 0 || port > 65535) {
        throw new IllegalArgumentException("port must be between 0 and 65535, inclusive, but was " + port);
      }
    }
    return text;
  }

  private static List<Integer> parseInts(String text) {
    return Arrays.stream(text.split(",")).map(word -> parseInt(word.strip(), 32).intValueExact()).toList();
  }

  static List<String> splitCsv(String text) {
    return text.isEmpty() ? List.of() : CsvLine.split(text);
  }

  private static <E> String bracketed(List<E> values) {
    return values.stream().map(String::valueOf).collect(Collectors.joining(",", "[", "]"));
  }

  private static <E> List<E> concat(List<E> earlier, List<E> later) {
    return Stream.concat(earlier.stream(), later.stream()).toList();
  }

  static String quote(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  /** A type made of functions. */
  static class Plain<T> implements FlagType<T> {
    private final String name;
    private final Function<String, T> parser;
    private final Function<T, String> formatter;
    private final Predicate<T> zero;

    Plain(String name, Function<String, T> parser, Function<T, String> formatter, Predicate<T> zero) {
      this.name = name;
      this.parser = parser;
      this.formatter = formatter;
      this.zero = zero;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public T parse(String text) {
      return parser.apply(text);
    }

    @Override
    public String format(T value) {
      return formatter.apply(value);
    }

    @Override
    public boolean isZero(T value) {
      return zero.test(value);
    }
  }

  /** A type whose occurrences add up. */
  static final class Collected<T> extends Plain<T> {
    private final BinaryOperator<T> merge;

    Collected(String name, Function<String, T> parser, Function<T, String> formatter, Predicate<T> zero, BinaryOperator<T> merge) {
      super(name, parser, formatter, zero);
      this.merge = merge;
    }

    @Override
    public T merge(T earlier, T later) {
      return merge.apply(earlier, later);
    }
  }

  /** Text, which the help output shows in quotes. */
  static final class Quoted extends Plain<String> {
    Quoted(String name, Function<String, String> parser) {
      super(name, parser, text -> text, String::isEmpty);
    }
  }
}
