package io.kubrig.standalone;

import io.kubrig.kubelet.containerd.LocalRuntime;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.component.Component;
import io.kubrig.machinery.component.ComponentFactory;
import io.kubrig.machinery.component.Environment;
import io.kubrig.machinery.component.StartException;
import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kubrig reset}: stops the cluster and removes everything it left, the data included. */
@Command(name = "reset", description = "Stops the cluster and removes everything it left: data, keys, rules in the kernel.")
final class ResetCommand implements Callable<Integer> {
  @Mixin private DataDirectoryOption data;

  @Option(
      names = {"-y", "--yes"},
      description = "Does not ask.")
  private boolean yes;

  @Override
  public Integer call() throws InterruptedException {
    DataDirectory directory = data.directory();
    if (!Files.isDirectory(directory.path())) {
      System.out.println("There is no cluster in " + directory.path() + ".");
      return 0;
    }
    if (!directory.isOurs()) {
      throw new StartException(directory.path() + " was not made by kubrig: nothing is removed");
    }
    if (!yes && !confirmed(directory)) {
      System.out.println("Nothing is removed.");
      return 1;
    }
    if (directory.holder().isPresent()) {
      DownCommand.stop(directory);
    }
    if (Files.isDirectory(directory.node())) {
      resetNode(directory);
    }
    directory.remove();
    System.out.println("Removed " + directory.path() + ".");
    return 0;
  }

  private static void resetNode(DataDirectory directory) throws InterruptedException {
    try {
      new LocalRuntime(directory.node(), Clock.system()).reset();
    } catch (IOException e) {
      throw new StartException("the node's containers could not be removed: " + e.getMessage(), e);
    }
    removeServiceRules();
  }

  /** As {@code kube-proxy --cleanup}. The rules are the kernel's, one set on a machine: another cluster's proxy writes its own again. */
  private static void removeServiceRules() throws InterruptedException {
    ComponentFactory proxy = Components.PROXY.factory();
    Environment environment = Environment.ofProcess((component, reason) -> {});
    try (Component cleanup = proxy.create(proxy.flags().parse(List.of("--cleanup")), environment)) {
      cleanup.start();
    }
  }

  private static boolean confirmed(DataDirectory directory) {
    Console console = System.console();
    if (console == null || !console.isTerminal()) {
      throw new StartException("reset removes " + directory.path() + " with everything in it: say --yes");
    }
    return "y".equals(console.readLine("Remove the cluster in %s with everything in it? [y/N] ", directory.path()));
  }
}
