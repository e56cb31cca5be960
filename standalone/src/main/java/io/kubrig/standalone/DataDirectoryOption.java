package io.kubrig.standalone;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option {@code --data-dir}, the same in every command about a cluster. */
final class DataDirectoryOption {
  @Option(
      names = "--data-dir",
      paramLabel = "D",
      description = "The cluster's directory (default: /var/lib/kubrig as root, ~/.kubrig else).")
  private Path given;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Shows this help.")
  private boolean help;

  DataDirectory directory() {
    return given == null ? DataDirectory.standard() : new DataDirectory(given);
  }
}
