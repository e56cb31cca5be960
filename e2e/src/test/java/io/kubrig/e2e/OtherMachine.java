package io.kubrig.e2e;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A second machine as far as the network goes: a network namespace with a cable to this one. */
final class OtherMachine implements AutoCloseable {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final int NETWORKS = 200;

  private final String name = "kubrig-e2e-" + ProcessHandle.current().pid();
  private final String network = "10.231." + ProcessHandle.current().pid() % NETWORKS;
  private final String cable = "ke" + ProcessHandle.current().pid();

  OtherMachine() {
    ip("netns", "add", name);
    ip("link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", name);
    ip("addr", "add", here() + "/24", "dev", cable);
    ip("link", "set", cable, "up");
    ip("-n", name, "addr", "add", there() + "/24", "dev", "eth0");
    ip("-n", name, "link", "set", "eth0", "up");
    ip("-n", name, "link", "set", "lo", "up");
    ip("-n", name, "route", "add", "default", "via", here());
  }

  /** The address of this machine at the cable. */
  String here() {
    return network + ".1";
  }

  /** The address of the other one. */
  String there() {
    return network + ".2";
  }

  /** What runs a command there. Files and processes are those of this machine. */
  List<String> prefix() {
    return List.of("nsenter", "--net=/run/netns/" + name);
  }

  /** The devices there. */
  List<String> devices() {
    return Run.of(Stream.concat(prefix().stream(), Stream.of("ip", "-o", "link")).toList(), Map.of(), "", SOON).ok().lines()
        .map(line -> line.split(":")[1].strip().split("@")[0]).sorted().toList();
  }

  private static void ip(String... arguments) {
    Run.of(Stream.concat(Stream.of("ip"), Stream.of(arguments)).toList(), Map.of(), "", SOON).ok();
  }

  @Override
  public void close() {
    ip("netns", "del", name);
  }
}
