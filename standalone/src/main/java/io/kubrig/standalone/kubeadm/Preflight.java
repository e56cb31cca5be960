package io.kubrig.standalone.kubeadm;

import io.kubrig.machinery.component.StartException;
import java.io.IOException;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What has to hold of a machine before anything is changed on it, in kubeadm's words. */
public final class Preflight {
  private static final long MEMORY_MEGABYTES = 1700;
  private static final int PROCESSORS = 2;

  private final List<Check> checks = new ArrayList<>();
  private final List<String> ignored;

  /** @param ignored names of checks whose failure is only told; {@code all} for every one */
  public Preflight(List<String> ignored) {
    this.ignored = ignored.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
  }

  /** @param name as it is told and ignored by; @param complaint empty when all is well; @param fatal whether it ends the command */
  private record Check(String name, Supplier<Optional<String>> complaint, boolean fatal) {}

  /** Adds a check that ends the command when it fails. */
  public Preflight error(String name, Supplier<Optional<String>> complaint) {
    checks.add(new Check(name, complaint, true));
    return this;
  }

  /** Adds a check whose failure is only told. */
  public Preflight warning(String name, Supplier<Optional<String>> complaint) {
    checks.add(new Check(name, complaint, false));
    return this;
  }

  /** The process has to be root's. */
  public Preflight root() {
    return error("IsPrivilegedUser", () -> System.getProperty("user.name").equals("root") ? Optional.empty()
        : Optional.of("user is not running as root"));
  }

  /** Nobody may listen on a port. */
  public Preflight port(int port) {
    return error("Port-" + port, () -> {
      try (ServerSocket socket = new ServerSocket(port)) {
        return socket.isBound() ? Optional.empty() : Optional.of("Port " + port + " is in use");
      } catch (IOException e) {
        return Optional.of("Port " + port + " is in use");
      }
    });
  }

  /** A file may not be there. */
  public Preflight available(Path file) {
    return error("FileAvailable-" + dashed(file), () -> Files.exists(file) ? Optional.of(file + " already exists") : Optional.empty());
  }

  /** A directory may be there only when it is empty. */
  public Preflight empty(Path directory) {
    return error("DirAvailable-" + dashed(directory), () -> {
      if (!Files.exists(directory)) {
        return Optional.empty();
      }
      try (Stream<Path> files = Files.list(directory)) {
        return files.findAny().map(any -> directory + " is not empty");
      } catch (IOException e) {
        return Optional.of("unable to check if " + directory + " is empty: " + e.getMessage());
      }
    });
  }

  private static String dashed(Path path) {
    return path.toString().replace('/', '-');
  }

  /** The machine has to be big enough for a control plane. @param memoryBytes all of it */
  public Preflight size(int processors, long memoryBytes) {
    long megabytes = memoryBytes / 1024 / 1024;
    error("NumCPU", () -> processors >= PROCESSORS ? Optional.empty()
        : Optional.of("the number of available CPUs " + processors + " is less than the required " + PROCESSORS));
    return error("Mem", () -> megabytes >= MEMORY_MEGABYTES ? Optional.empty()
        : Optional.of("the system RAM (" + megabytes + " MB) is less than the minimum " + MEMORY_MEGABYTES + " MB"));
  }

  /** Tells of swap. @param swaps the lines of {@code /proc/swaps} */
  public Preflight swap(Supplier<List<String>> swaps) {
    return warning("Swap", () -> swaps.get().size() <= 1 ? Optional.empty()
        : Optional.of("swap is supported for cgroup v2 only. The kubelet must be properly configured to use swap. Please refer to "
            + "https://kubernetes.io/docs/concepts/architecture/nodes/#swap-memory, or disable swap on the node"));
  }

  /**
   * Makes the checks.
   *
   * @param out where complaints go
   * @throws StartException when one failed that is not ignored
   */
  public void run(PrintStream out) {
    StringBuilder fatal = new StringBuilder();
    for (Check check : checks) {
      boolean tolerated = !check.fatal || ignored.contains("all") || ignored.contains(check.name.toLowerCase(Locale.ROOT));
      check.complaint.get().ifPresent(complaint -> {
        if (tolerated) {
          out.println("\t[WARNING " + check.name + "]: " + complaint);
        } else {
          fatal.append("\t[ERROR ").append(check.name).append("]: ").append(complaint).append('\n');
        }
      });
    }
    if (!fatal.isEmpty()) {
      out.print("[preflight] Some fatal errors occurred:\n" + fatal
          + "[preflight] If you know what you are doing, you can make a check non-fatal with `--ignore-preflight-errors=...`\n");
      throw new StartException("preflight checks failed");
    }
  }
}
