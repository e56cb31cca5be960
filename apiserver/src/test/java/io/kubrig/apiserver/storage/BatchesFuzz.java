package io.kubrig.apiserver.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

class BatchesFuzz {

  private static byte[] batch(String... keys) {
    List<LogRecord> records = Stream.of(keys).map(key -> new LogRecord(7, 3, 0, key, key.getBytes(StandardCharsets.UTF_8))).toList();
    ByteBuffer frame = Batches.frame(records);
    byte[] bytes = new byte[frame.remaining()];
    frame.get(bytes);
    return bytes;
  }

  static Stream<byte[]> files() {
    return Stream.of(batch("/registry/a", "/registry/b"), batch(), new byte[64], new byte[] {0x4b, 0x62, 0x4c, 0x31, 0x7f, 0, 0, 0});
  }

  @MethodSource("files")
  @FuzzTest
  void a_file_is_read_or_refused(byte[] input) throws IOException {
    Path path = Files.createTempFile("batches", ".log");
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      Batches.writeFully(file, ByteBuffer.wrap(input), 0);
      Batches.readAll(path, file);
      Batches.anyAfter(file, 0);
      Batches.end(file, 0);
    } catch (CorruptStorageException refused) {
      assertThat(refused).hasMessageContaining(path.toString());
    } finally {
      Files.delete(path);
    }
  }

  @MethodSource("files")
  @FuzzTest
  void a_record_is_read_or_refused(byte[] input) {
    try {
      LogRecord record = LogRecord.read(ByteBuffer.wrap(input));
      assertThat(record.size()).isPositive();
    } catch (IllegalArgumentException refused) {
      // documented
    }
  }
}
