package io.kubrig.apiserver.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubrig.machinery.clock.Clock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedStorageTest {
  @TempDir Path dir;

  @Test
  void what_was_acknowledged_is_there_after_reopening() throws Exception {
    long revision;
    try (EmbeddedStorage storage = open()) {
      put(storage, "a", 0, "1");
      long at = put(storage, "b", 0, "1");
      put(storage, "b", at, "2");
      storage.commit(new Write.Delete("/registry/x/a", storage.keyspace().current().get("/registry/x/a").orElseThrow().modified()));
      revision = storage.keyspace().revision();
    }
    try (EmbeddedStorage storage = open()) {
      assertThat(storage.keyspace().revision()).isEqualTo(revision);
      assertThat(keys(storage)).containsExactly("/registry/x/b");
      assertThat(value(storage, "b")).contains("\"v\":\"2\"");
      assertThat(put(storage, "c", 0, "1")).isEqualTo(revision + 1);
    }
  }

  @Test
  void a_write_that_expects_another_revision_is_a_conflict_and_writes_nothing() throws Exception {
    try (EmbeddedStorage storage = open()) {
      long at = put(storage, "a", 0, "1");
      assertThat(storage.commit(write("a", 0, "2"))).isInstanceOf(Outcome.Conflict.class);
      assertThat(storage.commit(write("a", at + 7, "2"))).isInstanceOf(Outcome.Conflict.class);
      assertThat(storage.keyspace().revision()).isEqualTo(at);
    }
  }

  @Test
  void many_writers_share_batches_and_every_revision_is_given_once() throws Exception {
    var seen = ConcurrentHashMap.<Long>newKeySet();
    try (EmbeddedStorage storage = open()) {
      List<Thread> writers = new ArrayList<>();
      for (int w = 0; w < 16; w++) {
        String name = "w" + w;
        writers.add(Thread.ofVirtual().start(() -> writeMany(storage, name, seen)));
      }
      for (Thread writer : writers) {
        writer.join();
      }
      assertThat(seen).hasSize(16 * 50);
    }
    try (EmbeddedStorage storage = open()) {
      assertThat(keys(storage)).hasSize(16 * 50);
    }
  }

  private static void writeMany(EmbeddedStorage storage, String name, Set<Long> seen) {
    try {
      for (int i = 0; i < 50; i++) {
        seen.add(put(storage, name + "-" + i, 0, "x"));
      }
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void a_torn_end_is_set_aside_and_the_rest_recovered() throws Exception {
    try (EmbeddedStorage storage = open()) {
      put(storage, "a", 0, "1");
      put(storage, "b", 0, "1");
    }
    Path log = log();
    byte[] bytes = Files.readAllBytes(log);
    int end = end(bytes);
    Files.write(log, Arrays.copyOf(bytes, end - 5));
    try (EmbeddedStorage storage = open()) {
      assertThat(keys(storage)).containsExactly("/registry/x/a");
      put(storage, "c", 0, "1");
    }
    try (EmbeddedStorage storage = open()) {
      assertThat(keys(storage)).containsExactly("/registry/x/a", "/registry/x/c");
    }
    try (Stream<Path> files = Files.list(dir)) {
      assertThat(files.map(file -> file.getFileName().toString())).anyMatch(name -> name.contains(".torn-at-"));
    }
  }

  @Test
  void a_flipped_bit_in_the_middle_stops_the_start_and_names_the_place() throws Exception {
    try (EmbeddedStorage storage = open()) {
      put(storage, "a", 0, "1");
      put(storage, "b", 0, "1");
      put(storage, "c", 0, "1");
    }
    Path log = log();
    byte[] bytes = Files.readAllBytes(log);
    bytes[40] ^= 4;
    Files.write(log, bytes);
    assertThatThrownBy(this::open).isInstanceOf(CorruptStorageException.class).hasMessageContaining("is corrupt at byte 0");
    assertThat(Files.readAllBytes(log)).isEqualTo(bytes);
  }

  @Test
  void a_directory_in_use_is_refused() throws Exception {
    try (EmbeddedStorage storage = open()) {
      assertThatThrownBy(this::open).isInstanceOf(IOException.class).hasMessageContaining("in use");
    }
    open().close();
  }

  @Test
  void a_snapshot_replaces_old_logs_and_nothing_is_lost() throws Exception {
    String big = "x".repeat(1 << 20);
    try (EmbeddedStorage storage = open()) {
      long at = 0;
      for (int i = 0; i < 80; i++) {
        at = put(storage, "big", at, big + i);
        put(storage, "k" + i, 0, "1");
      }
    }
    try (Stream<Path> files = Files.list(dir)) {
      assertThat(files.map(file -> file.getFileName().toString())).anyMatch(name -> name.startsWith("snapshot-"));
    }
    try (EmbeddedStorage storage = open()) {
      assertThat(keys(storage)).hasSize(81);
      assertThat(value(storage, "big")).contains(big + "79");
      assertThat(storage.sizeInBytes()).isLessThan(60L << 20);
    }
  }

  @Test
  void a_closed_storage_refuses_writes() throws Exception {
    EmbeddedStorage storage = open();
    storage.close();
    assertThatThrownBy(() -> put(storage, "a", 0, "1")).isInstanceOf(IOException.class).hasMessageContaining("closed");
  }

  private EmbeddedStorage open() throws IOException {
    return EmbeddedStorage.open(dir, AtRest.PLAIN, Clock.system());
  }

  private static Write write(String name, long expected, String value) {
    String json = "{\"kind\":\"X\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"" + name + "\"},\"v\":\"" + value + "\"}";
    return new Write.Put("/registry/x/" + name, expected, json.getBytes(StandardCharsets.UTF_8), null, null);
  }

  private static long put(EmbeddedStorage storage, String name, long expected, String value) throws IOException, InterruptedException {
    return ((Outcome.Committed) storage.commit(write(name, expected, value))).revision();
  }

  private static List<String> keys(Storage storage) {
    return storage.keyspace().current().list("/registry/").stream().map(Entry::key).toList();
  }

  private static String value(Storage storage, String name) {
    return new String(storage.keyspace().current().get("/registry/x/" + name).orElseThrow().value(), StandardCharsets.UTF_8);
  }

  private Path log() throws IOException {
    try (Stream<Path> files = Files.list(dir)) {
      return files.filter(file -> file.getFileName().toString().startsWith("log-")).max(Path::compareTo).orElseThrow();
    }
  }

  private static int end(byte[] bytes) {
    int end = bytes.length;
    while (bytes[end - 1] == 0) {
      end--;
    }
    return end;
  }
}
