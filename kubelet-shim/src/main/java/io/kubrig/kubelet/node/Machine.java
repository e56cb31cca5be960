package io.kubrig.kubelet.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The hardware and system under the node. Read once.
 *
 * @param memoryBytes all of it
 */
public record Machine(
    int cpus,
    long memoryBytes,
    String machineId,
    String systemUuid,
    String bootId,
    String kernel,
    String osImage,
    String architecture,
    String hostname) {

  public static Machine read() {
    return new Machine(
        Runtime.getRuntime().availableProcessors(),
        memory(),
        first(List.of("/etc/machine-id", "/var/lib/dbus/machine-id")),
        first(List.of("/sys/class/dmi/id/product_uuid", "/etc/machine-id")),
        first(List.of("/proc/sys/kernel/random/boot_id")),
        first(List.of("/proc/sys/kernel/osrelease")),
        readOsImage(),
        "aarch64".equals(System.getProperty("os.arch")) ? "arm64" : "amd64",
        first(List.of("/proc/sys/kernel/hostname")).toLowerCase(Locale.ROOT));
  }

  /** Memory that is not free for the taking now, in bytes. Source: proc_meminfo(5). */
  public static long memoryAvailable() {
    return meminfo("MemAvailable:");
  }

  private static long memory() {
    return meminfo("MemTotal:");
  }

  private static long meminfo(String key) {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
        if (line.startsWith(key)) {
          return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
        }
      }
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String first(List<String> files) {
    for (String file : files) {
      Path path = Path.of(file);
      if (Files.isReadable(path)) {
        try {
          String text = Files.readString(path).strip();
          if (!text.isEmpty()) {
            return text;
          }
        } catch (IOException unreadable) {
          continue;
        }
      }
    }
    return "";
  }

  private static String readOsImage() {
    Path release = Path.of("/etc/os-release");
    try {
      return Files.exists(release)
          ? Files.readAllLines(release).stream().filter(line -> line.startsWith("PRETTY_NAME="))
              .map(line -> line.substring(12).replace("\"", "")).findFirst().orElse("Unknown")
          : "Unknown";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The address under which others reach this machine: that of the default route's device, or of the first device that is up. */
  public static Optional<InetAddress> address() {
    try {
      Optional<String> device = defaultDevice();
      Optional<InetAddress> byRoute = device.isPresent() ? first(NetworkInterface.getByName(device.get())) : Optional.empty();
      return byRoute.isPresent() ? byRoute
          : NetworkInterface.networkInterfaces().filter(Machine::usable).flatMap(nic -> first(nic).stream()).findFirst();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean usable(NetworkInterface nic) {
    try {
      return nic.isUp() && !nic.isLoopback() && !nic.isVirtual();
    } catch (IOException e) {
      return false;
    }
  }

  private static Optional<String> defaultDevice() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/net/route"))) {
      String[] fields = line.split("\\s+");
      if (fields.length > 2 && fields[1].equals("00000000")) {
        return Optional.of(fields[0]);
      }
    }
    return Optional.empty();
  }

  private static Optional<InetAddress> first(NetworkInterface nic) {
    if (nic == null) {
      return Optional.empty();
    }
    Enumeration<InetAddress> addresses = nic.getInetAddresses();
    while (addresses.hasMoreElements()) {
      InetAddress address = addresses.nextElement();
      if (address instanceof Inet4Address && !address.isLinkLocalAddress()) {
        return Optional.of(address);
      }
    }
    return Optional.empty();
  }
}
