package io.kubrig.standalone;

import io.kubrig.apiserver.storage.Backup;
import io.kubrig.machinery.component.StartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kubrig restore}: puts a backup of the stored objects where a cluster or an API server that is then started finds it. */
@Command(
    name = "restore",
    description = {
      "Restores the objects of a cluster from a backup into a data directory without any.",
      "A backup is taken from a running API server: kubectl get --raw /kubrig/backup > FILE"
    })
final class RestoreCommand implements Callable<Integer> {
  @Mixin private DataDirectoryOption data;

  @Parameters(paramLabel = "FILE", description = "The backup.")
  private Path backup;

  @Option(names = "--storage-dir", paramLabel = "S", description = "The storage itself, for 'kubrig apiserver --data-dir X': X/storage.")
  private Path storage;

  @Override
  public Integer call() {
    if (!Files.isReadable(backup)) {
      throw new StartException("there is no backup that can be read at " + backup);
    }
    Path target = storage != null ? storage : data.directory().storage().resolve("storage");
    try {
      Backup.Restored restored = Backup.restore(backup, target);
      System.out.println("Restored " + restored.keys() + " objects into " + target + ", at revision " + restored.revision() + ".");
      return 0;
    } catch (IOException e) {
      throw new StartException(e.getMessage(), e);
    }
  }
}
