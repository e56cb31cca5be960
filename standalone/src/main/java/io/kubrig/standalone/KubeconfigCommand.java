package io.kubrig.standalone;

import io.kubrig.machinery.component.StartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code kubrig kubeconfig}: prints the administrator's kubeconfig. */
@Command(name = "kubeconfig", description = "Prints the administrator's kubeconfig.")
final class KubeconfigCommand implements Callable<Integer> {
  @Mixin private DataDirectoryOption data;

  @Override
  public Integer call() throws IOException {
    DataDirectory directory = data.directory();
    try {
      System.out.print(Files.readString(directory.adminKubeconfig()));
      return 0;
    } catch (NoSuchFileException e) {
      throw new StartException("there is no cluster in " + directory.path() + ": start one with 'kubrig up --data-dir " + directory.path()
          + "'", e);
    }
  }
}
