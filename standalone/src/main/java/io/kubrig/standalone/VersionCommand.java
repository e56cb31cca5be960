package io.kubrig.standalone;

import io.kubrig.machinery.component.KubernetesVersion;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code kubrig version}. */
@Command(name = "version", description = "Prints the versions.")
final class VersionCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    String own = VersionCommand.class.getPackage().getImplementationVersion();
    System.out.println("Kubrig " + (own == null ? "(not packaged)" : own));
    System.out.println("Kubernetes " + KubernetesVersion.GIT_VERSION);
    System.out.println("Java " + Runtime.version());
    return 0;
  }
}
