package io.kubrig.machinery.flags;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** One pass over a command line, with the rules and error texts of the native flag library. */
final class FlagParser {
  private final FlagSet set;
  private final Map<Flag<?>, Object> given = new HashMap<>();
  private final List<String> warnings = new ArrayList<>();
  private final List<String> positional = new ArrayList<>();

  FlagParser(FlagSet set) {
    this.set = set;
  }

  ParsedFlags parse(List<String> args) {
    Iterator<String> rest = args.iterator();
    while (rest.hasNext()) {
      String arg = rest.next();
      if (arg.equals("--")) {
        rest.forEachRemaining(positional::add);
      } else if (arg.startsWith("--")) {
        longForm(arg, rest);
      } else if (arg.startsWith("-") && arg.length() > 1) {
        shortForms(arg.substring(1), rest);
      } else {
        positional.add(arg);
      }
    }
    ParsedFlags parsed = new ParsedFlags(set, given, warnings);
    if (!positional.isEmpty() && !parsed.helpWanted()) {
      throw new FlagException(FlagTypes.quote(set.command()) + " does not take any arguments, got " + quoted(positional));
    }
    return parsed;
  }

  private void longForm(String arg, Iterator<String> rest) {
    String body = arg.substring(2);
    if (body.isEmpty() || body.startsWith("-") || body.startsWith("=")) {
      throw new FlagException("bad flag syntax: " + arg);
    }
    int equals = body.indexOf('=');
    String name = equals < 0 ? body : body.substring(0, equals);
    Flag<?> flag = set.find(name).orElseThrow(() -> new FlagException("unknown flag: --" + name));
    if (equals >= 0) {
      assign(flag, body.substring(equals + 1));
      return;
    }
    Optional<String> implied = flag.type().impliedText();
    if (implied.isPresent()) {
      assign(flag, implied.get());
    } else if (rest.hasNext()) {
      assign(flag, rest.next());
    } else {
      throw new FlagException("flag needs an argument: " + arg);
    }
  }

  /** A group such as {@code hv2}: letters of flags that need no value, then one that may take the rest of the word as its value. */
  private void shortForms(String group, Iterator<String> rest) {
    for (int i = 0; i < group.length(); i++) {
      String letter = group.substring(i, i + 1);
      String tail = group.substring(i + 1);
      Flag<?> flag =
          set.findShorthand(letter).orElseThrow(() -> new FlagException("unknown shorthand flag: '" + letter + "' in -" + group));
      Optional<String> implied = flag.type().impliedText();
      if (tail.startsWith("=")) {
        assign(flag, tail.substring(1));
        return;
      }
      if (implied.isPresent()) {
        assign(flag, implied.get());
        continue;
      }
      if (tail.isEmpty() && !rest.hasNext()) {
        throw new FlagException("flag needs an argument: '" + letter + "' in -" + group);
      }
      assign(flag, tail.isEmpty() ? rest.next() : tail);
      return;
    }
  }

  private <T> void assign(Flag<T> flag, String text) {
    T value;
    try {
      value = flag.type().parse(text);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new FlagException("invalid argument " + FlagTypes.quote(text) + " for " + FlagTypes.quote(flag.spelling()) + " flag: "
          + e.getMessage());
    }
    @SuppressWarnings("unchecked") // only values of this flag's type are stored under it
    T earlier = (T) given.get(flag);
    given.put(flag, earlier == null ? value : flag.type().merge(earlier, value));
    if (earlier == null) {
      warn(flag);
    }
  }

  private void warn(Flag<?> flag) {
    if (!flag.deprecation().isEmpty()) {
      warnings.add("Flag --" + flag.name() + " has been deprecated, " + flag.deprecation());
    }
    if (!flag.inertReason().isEmpty()) {
      warnings.add("Flag --" + flag.name() + " has no effect: " + flag.inertReason());
    }
  }

  private static String quoted(List<String> words) {
    return words.stream().map(FlagTypes::quote).collect(Collectors.joining(" ", "[", "]"));
  }
}
