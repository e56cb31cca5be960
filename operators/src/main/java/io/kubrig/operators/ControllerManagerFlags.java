package io.kubrig.operators;

import io.kubrig.machinery.component.ClientFlags;
import io.kubrig.machinery.flags.Flag;
import io.kubrig.machinery.flags.FlagSection;
import io.kubrig.machinery.flags.FlagSet;
import io.kubrig.machinery.flags.FlagType;
import io.kubrig.machinery.flags.FlagTypes;
import io.kubrig.machinery.health.ServingFlags;
import io.kubrig.machinery.leader.LeaderElectionFlags;
import io.kubrig.machinery.logging.LoggingFlags;
import io.kubrig.operators.cloud.CloudProviders;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * All flags of the controller manager: those that every component has, and kube-controller-manager's own, which are a table ({@code
 * flags.tsv}).
 */
final class ControllerManagerFlags {
  /** The flag of the plan mode. */
  static final String PLAN = "plan";

  /** The flag of the shadow mode. */
  static final String SHADOW = "shadow";

  /** How long a shadow waits for the other manager. */
  static final String SHADOW_PATIENCE = "shadow-patience";

  /** Whether a manager that does not lead fills its caches. */
  static final String STANDBY_CACHES = "standby-caches";

  private static final int PORT = 10257;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final FlagSet all = new FlagSet(ControllerManagerOptions.COMPONENT,
      "The controllers of a cluster: each watches objects and makes the world look as they say, through the API server alone.");
  private final ServingFlags serving = new ServingFlags(all, PORT);
  private final LeaderElectionFlags election = new LeaderElectionFlags(all, ControllerManagerOptions.COMPONENT);

  ControllerManagerFlags() {
    new ClientFlags(all, "generic", 20, 30);
    new LoggingFlags(all);
    CloudProviders.declare(all.section("kubrig"));
    all.section("kubrig").flag(PLAN, FlagTypes.BOOL, false, "Show the writes that the controllers would make, and make none: each is "
        + "logged and sent to the API server as a dry run. The manager takes no lease, so it may run beside another one.");
    all.section("kubrig").flag(SHADOW, FlagTypes.BOOL, false, "Decide beside another controller manager, write nothing (writes are sent as "
        + "dry runs, without a lease), and tell where this one would have acted differently: in the log, at /debug/shadow and in "
        + "kubrig_controller_manager_shadow_differences_total.");
    all.section("kubrig").flag(SHADOW_PATIENCE, FlagTypes.DURATION, PATIENCE,
        "Time span: a write that --shadow still wants after it, of an object that has not changed meanwhile, is a difference.");
    all.section("kubrig").flag(STANDBY_CACHES, FlagTypes.BOOL, true, "Keep the caches filled while another process leads, so that this one "
        + "acts at once when it takes over. Without, it needs little memory until then, and some seconds afterwards.");
    try (BufferedReader table =
        new BufferedReader(new InputStreamReader(ControllerManagerFlags.class.getResourceAsStream("flags.tsv"), StandardCharsets.UTF_8))) {
      table.lines().filter(line -> !line.startsWith("#")).map(line -> line.split("\t", -1)).forEach(this::declare);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  FlagSet all() {
    return all;
  }

  ServingFlags serving() {
    return serving;
  }

  LeaderElectionFlags election() {
    return election;
  }

  private void declare(String[] row) {
    String text = row[3];
    switch (row[2]) {
      case "bool" -> declare(row, FlagTypes.BOOL, text.equals("true"));
      case "int32" -> declare(row, FlagTypes.INT32, text.isEmpty() ? 0 : Integer.parseInt(text));
      case "duration" -> declare(row, FlagTypes.DURATION, text.isEmpty() ? Duration.ZERO : FlagTypes.DURATION.parse(text));
      case "float" -> declare(row, FlagTypes.FLOAT, Double.parseDouble(text));
      case "float32" -> declare(row, FlagTypes.FLOAT32, Double.parseDouble(text));
      case "strings" -> declare(row, FlagTypes.STRINGS, text.isEmpty() ? List.of() : List.of(text));
      case "int32Slice" -> declare(row, FlagTypes.INT32_SLICE, List.of());
      case "stringToString" -> declare(row, FlagTypes.STRING_TO_STRING, Map.of());
      case "colonSeparatedMultimapStringString" -> declare(row, FlagTypes.MULTIMAP, Map.of());
      case "string" -> declare(row, FlagTypes.STRING, text);
      default -> declare(row, FlagTypes.text(row[2]), text);
    }
  }

  private <T> Flag<T> declare(String[] row, FlagType<T> type, T value) {
    FlagSection section = all.section(row[0]);
    String usage = row[4];
    return usage.startsWith("!") ? section.inert(row[1], type, value, usage.substring(1)) : section.flag(row[1], type, value, usage);
  }
}
