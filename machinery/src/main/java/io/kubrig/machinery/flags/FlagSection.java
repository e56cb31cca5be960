package io.kubrig.machinery.flags;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** The flags that stand together under one heading of the help output. */
public final class FlagSection {
  private final FlagSet set;
  private final String title;
  private final List<Flag<?>> flags = new ArrayList<>();

  FlagSection(FlagSet set, String title) {
    this.set = set;
    this.title = title;
  }

  /** Declares a flag of any type. */
  public <T> Flag<T> flag(String name, FlagType<T> type, T defaultValue, String usage) {
    Flag<T> flag = new Flag<>(name, type, defaultValue, usage);
    set.register(flag);
    flags.add(flag);
    return flag;
  }

  /**
   * Declares a native flag that means nothing here. It parses like the native one; using it gives a warning with the reason.
   *
   * @param reason why it has no effect, as a sentence part: "there is no in-tree cloud provider"
   */
  public <T> Flag<T> inert(String name, FlagType<T> type, T defaultValue, String reason) {
    return flag(name, type, defaultValue, "Has no effect: " + reason + ".").inert(reason);
  }

  public Flag<Boolean> bool(String name, boolean defaultValue, String usage) {
    return flag(name, FlagTypes.BOOL, defaultValue, usage);
  }

  public Flag<String> string(String name, String defaultValue, String usage) {
    return flag(name, FlagTypes.STRING, defaultValue, usage);
  }

  public Flag<Integer> integer(String name, int defaultValue, String usage) {
    return flag(name, FlagTypes.INT, defaultValue, usage);
  }

  public Flag<Integer> int32(String name, int defaultValue, String usage) {
    return flag(name, FlagTypes.INT32, defaultValue, usage);
  }

  public Flag<Double> float32(String name, double defaultValue, String usage) {
    return flag(name, FlagTypes.FLOAT32, defaultValue, usage);
  }

  public Flag<Duration> duration(String name, Duration defaultValue, String usage) {
    return flag(name, FlagTypes.DURATION, defaultValue, usage);
  }

  public Flag<InetAddress> ip(String name, String defaultValue, String usage) {
    return flag(name, FlagTypes.IP, InetAddress.ofLiteral(defaultValue), usage);
  }

  public Flag<List<String>> strings(String name, List<String> defaultValue, String usage) {
    return flag(name, FlagTypes.STRINGS, defaultValue, usage);
  }

  public Flag<Map<String, String>> stringMap(String name, String usage) {
    return flag(name, FlagTypes.STRING_MAP, Map.of(), usage);
  }

  String title() {
    return title;
  }

  List<Flag<?>> flags() {
    return Collections.unmodifiableList(flags);
  }
}
