package io.kubrig.kubelet.containerd;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The programs of this machine that run containers.
 *
 * @param containerd the daemon
 * @param ctr its client, for importing images
 * @param cniPlugins the directory of the standard network plugins
 * @param busybox a statically linked busybox, from which an image for the pods' sandbox can be made; null when there is none
 */
public record HostTools(Path containerd, Path ctr, Path cniPlugins, Path busybox) {
  private static final List<Path> PROGRAMS =
      List.of(Path.of("/usr/local/sbin"), Path.of("/usr/local/bin"), Path.of("/usr/sbin"), Path.of("/usr/bin"), Path.of("/sbin"),
          Path.of("/bin"));
  private static final List<Path> PLUGINS = List.of(Path.of("/usr/lib/cni"), Path.of("/opt/cni/bin"), Path.of("/usr/libexec/cni"));
  private static final List<String> NEEDED_PLUGINS = List.of("bridge", "host-local", "loopback", "portmap");

  /** What a look at the machine found: the tools, or the packages that bring them. */
  public sealed interface Finding {
    /** Everything needed is there. */
    record Complete(HostTools tools) implements Finding {}

    /** Something is missing; {@code packages} are Debian's names. */
    record Missing(List<String> what, List<String> packages) implements Finding {
      /** The command that installs what is missing. */
      public String installCommand() {
        return "apt-get install -y --no-install-recommends " + String.join(" ", packages);
      }

      @Override
      public String toString() {
        return "missing " + String.join(", ", what) + "; install with: " + installCommand();
      }
    }
  }

  /** Looks for the programs in the usual places. */
  public static Finding find() {
    List<String> what = new ArrayList<>();
    List<String> packages = new ArrayList<>();
    Optional<Path> containerd = program("containerd");
    Optional<Path> ctr = program("ctr");
    if (containerd.isEmpty() || ctr.isEmpty() || program("containerd-shim-runc-v2").isEmpty() || program("runc").isEmpty()) {
      what.add("containerd with runc");
      packages.add("containerd");
    }
    Optional<Path> plugins = PLUGINS.stream().filter(HostTools::hasPlugins).findFirst();
    if (plugins.isEmpty()) {
      what.add("the standard CNI plugins");
      packages.add("containernetworking-plugins");
    }
    if (program("iptables").isEmpty()) {
      what.add("iptables (the portmap and bridge plugins call it)");
      packages.add("iptables");
    }
    if (!packages.isEmpty()) {
      return new Finding.Missing(what, packages);
    }
    Path busybox = program("busybox").filter(StaticBinary::isStatic).orElse(null);
    return new Finding.Complete(new HostTools(containerd.orElseThrow(), ctr.orElseThrow(), plugins.orElseThrow(), busybox));
  }

  /** A program's path, whatever the PATH of this process is. */
  public static Optional<Path> program(String name) {
    return PROGRAMS.stream().map(directory -> directory.resolve(name)).filter(Files::isExecutable).findFirst();
  }

  /** The PATH that child processes get: what this process has, and the directories that hold system programs. */
  static String searchPath() {
    List<String> path = new ArrayList<>();
    Optional.ofNullable(System.getenv("PATH")).ifPresent(path::add);
    PROGRAMS.forEach(directory -> path.add(directory.toString()));
    return String.join(":", path);
  }

  private static boolean hasPlugins(Path directory) {
    return NEEDED_PLUGINS.stream().allMatch(plugin -> Files.isExecutable(directory.resolve(plugin)));
  }
}
