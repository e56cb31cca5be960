package io.kubrig.apiserver.storage;

import java.io.IOException;
import java.nio.file.Path;

/** What was acknowledged can no longer be read. Nothing has been changed on disk. */
public final class CorruptStorageException extends IOException {
  public CorruptStorageException(Path file, long offset, String what) {
    super(
        "the storage file " + file + " is corrupt at byte " + offset + ": " + what
            + "; nothing was changed. Restore the data directory from a backup, or move the file away to start without its contents");
  }
}
