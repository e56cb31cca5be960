package io.kubrig.machinery.logging;

import io.kubrig.machinery.flags.Flag;
import io.kubrig.machinery.flags.FlagSection;
import io.kubrig.machinery.flags.FlagSet;
import io.kubrig.machinery.flags.FlagType;
import io.kubrig.machinery.flags.FlagTypes;
import io.kubrig.machinery.flags.ParsedFlags;
import java.time.Duration;
import java.util.Set;

/** The native flags of the log, the same in every component. */
public final class LoggingFlags {
  private static final String UNBUFFERED = "every line is written at once";
  private static final String ONE_STREAM = "the log has one stream";

  private final Flag<String> format;
  private final Flag<Integer> verbosity;
  private final Flag<String> perFile;

  /** Declares the flags in the section {@code logs}. */
  public LoggingFlags(FlagSet flags) {
    FlagSection logs = flags.section("logs");
    logs.inert("log-flush-frequency", FlagTypes.DURATION, Duration.ofSeconds(5), UNBUFFERED);
    logs.inert("log-json-info-buffer-size", FlagTypes.QUANTITY, "0", UNBUFFERED);
    logs.inert("log-json-split-stream", FlagTypes.BOOL, false, ONE_STREAM);
    logs.inert("log-text-info-buffer-size", FlagTypes.QUANTITY, "0", UNBUFFERED);
    logs.inert("log-text-split-stream", FlagTypes.BOOL, false, ONE_STREAM);
    FlagType<String> formats = FlagTypes.oneOf("string", Set.of("json", "text"));
    format = logs.flag("logging-format", formats, "text", "Sets the log format. Permitted formats: \"json\", \"text\".");
    verbosity = logs.flag("v", FlagTypes.LEVEL, 0, "number for the log level verbosity").shorthand('v');
    perFile =
        logs.flag(
            "vmodule",
            FlagTypes.text("pattern=N,..."),
            "",
            "comma-separated list of pattern=N settings for file-filtered logging (only works for text log format)");
  }

  /** What the given flags say. */
  public LogSettings settings(ParsedFlags flags) {
    boolean json = flags.value(format).equals("json");
    return LogSettings.of(json ? LogSettings.Format.JSON : LogSettings.Format.TEXT, flags.value(verbosity), flags.value(perFile));
  }
}
