package io.kubrig.apiserver.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A state as checksummed batches of records, in the order of the keys, each of about a mebibyte, whatever the state's size. */
final class SnapshotFrames {
  private static final int BATCH_BYTES = 1 << 20;

  private SnapshotFrames() {}

  /** Takes one frame after the other. */
  @FunctionalInterface
  interface Target {
    void write(ByteBuffer frame) throws IOException;
  }

  static void write(Snapshot state, AtRest atRest, Target target) throws IOException {
    List<LogRecord> batch = new ArrayList<>();
    int[] size = new int[1];
    IOException[] failure = new IOException[1];
    state.scan(
        "/",
        "/",
        entry -> {
          LogRecord record = LogRecord.of(entry, atRest);
          batch.add(record);
          size[0] += record.size();
          failure[0] = size[0] < BATCH_BYTES ? null : flush(batch, size, target);
          return failure[0] == null;
        });
    if (failure[0] == null) {
      failure[0] = flush(batch, size, target);
    }
    if (failure[0] != null) {
      throw failure[0];
    }
  }

  private static IOException flush(List<LogRecord> batch, int[] size, Target target) {
    try {
      if (!batch.isEmpty()) {
        target.write(Batches.frame(batch));
      }
      batch.clear();
      size[0] = 0;
      return null;
    } catch (IOException e) {
      return e;
    }
  }
}
