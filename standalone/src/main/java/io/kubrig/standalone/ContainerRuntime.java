package io.kubrig.standalone;

import io.kubrig.machinery.component.StartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a node with real containers needs of the machine. */
final class ContainerRuntime {
  // what is needed, and the Debian package that has it
  private static final Map<String, String> PROGRAMS = Map.of("containerd", "containerd", "runc", "runc");
  private static final Path CNI_BRIDGE_DEBIAN = Path.of("/usr/lib/cni/bridge");
  private static final Path CNI_BRIDGE = Path.of("/opt/cni/bin/bridge");
  private static final List<Path> PATH =
      List.of(Path.of("/usr/local/sbin"), Path.of("/usr/local/bin"), Path.of("/usr/sbin"), Path.of("/usr/bin"), Path.of("/sbin"),
          Path.of("/bin"));

  private ContainerRuntime() {}

  static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  /** The Debian packages that are missing; empty when everything is there. */
  static List<String> missingPackages() {
    List<String> missing = new ArrayList<>();
    PROGRAMS.forEach(
        (program, debian) -> {
          if (PATH.stream().noneMatch(directory -> Files.isExecutable(directory.resolve(program)))) {
            missing.add(debian);
          }
        });
    if (!Files.isExecutable(CNI_BRIDGE_DEBIAN) && !Files.isExecutable(CNI_BRIDGE)) {
      missing.add("containernetworking-plugins");
    }
    missing.sort(null);
    return missing;
  }

  /** The command that installs them. */
  static String installCommand(List<String> packages) {
    return "apt-get install -y --no-install-recommends " + String.join(" ", packages);
  }

  /** Installs them; the output goes to standard error. */
  static void install(List<String> packages) throws InterruptedException {
    try {
      Process process = new ProcessBuilder("sh", "-c", installCommand(packages) + " >&2").inheritIO().start();
      int code = process.waitFor();
      if (code != 0) {
        throw new StartException("'" + installCommand(packages) + "' failed with exit code " + code);
      }
    } catch (IOException e) {
      throw new StartException("'" + installCommand(packages) + "' could not be run: " + e.getMessage(), e);
    }
  }
}
