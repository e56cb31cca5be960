package io.kubrig.apiserver.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubrig.machinery.clock.Clock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupTest {
  @TempDir Path dir;

  @Test
  void a_restored_storage_holds_what_the_backup_was_taken_of_at_a_revision_that_nobody_has_seen() throws Exception {
    byte[] backup;
    List<String> expected;
    long revision;
    try (EmbeddedStorage storage = open("one")) {
      for (int i = 0; i < 500; i++) {
        put(storage, "/registry/things/k" + i, "v" + i);
      }
      storage.commit(new Write.Delete("/registry/things/k7",
          storage.keyspace().current().get("/registry/things/k7").orElseThrow().modified()));
      expected = contents(storage);
      revision = storage.keyspace().revision();
      backup = backup(storage);
      put(storage, "/registry/things/later", "x");
    }
    assertThat(Backup.restore(file(backup), dir.resolve("two")).keys()).isEqualTo(499);
    try (EmbeddedStorage storage = open("two")) {
      assertThat(contents(storage)).isEqualTo(expected);
      assertThat(storage.keyspace().revision()).isEqualTo(revision + Backup.AHEAD);
      assertThat(storage.keyspace().oldest()).as("clients of before have to list again").isGreaterThan(revision + 1);
      put(storage, "/registry/things/new", "1");
    }
    try (EmbeddedStorage storage = open("two")) {
      assertThat(storage.keyspace().current().get("/registry/things/new")).isPresent();
    }
  }

  @Test
  void writers_go_on_while_a_backup_is_taken_and_it_is_of_one_moment() throws Exception {
    byte[] backup;
    try (EmbeddedStorage storage = open("one")) {
      AtomicBoolean done = new AtomicBoolean();
      Thread writer = Thread.ofVirtual().start(() -> writePairs(storage, done));
      for (int i = 0; i < 20; i++) {
        backup(storage);
      }
      backup = backup(storage);
      done.set(true);
      writer.join();
    }
    Backup.restore(file(backup), dir.resolve("two"));
    try (EmbeddedStorage storage = open("two")) {
      int first = number(storage, "/registry/things/a");
      assertThat(number(storage, "/registry/things/b")).as("written after a").isBetween(first - 1, first);
    }
  }

  private static void writePairs(Storage storage, AtomicBoolean done) {
    try {
      for (int i = 1; !done.get(); i++) {
        put(storage, "/registry/things/a", Integer.toString(i));
        put(storage, "/registry/things/b", Integer.toString(i));
      }
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static int number(Storage storage, String key) {
    return storage.keyspace().current().get(key).map(Observations::value).map(Integer::parseInt).orElse(0);
  }

  @Test
  void a_backup_that_is_cut_off_or_damaged_is_refused_and_leaves_no_storage() throws Exception {
    byte[] backup;
    try (EmbeddedStorage storage = open("one")) {
      put(storage, "/registry/things/a", "1");
      backup = backup(storage);
    }
    for (int length = 0; length < backup.length; length += 7) {
      byte[] cut = Arrays.copyOf(backup, length);
      assertThatThrownBy(() -> Backup.restore(file(cut), dir.resolve("two"))).isInstanceOf(CorruptStorageException.class);
    }
    for (int at = 0; at < backup.length; at += 3) {
      byte[] flipped = backup.clone();
      flipped[at] ^= 16;
      assertThatThrownBy(() -> Backup.restore(file(flipped), dir.resolve("two"))).isInstanceOf(CorruptStorageException.class);
    }
    try (EmbeddedStorage storage = open("two")) {
      assertThat(contents(storage)).isEmpty();
    }
  }

  @Test
  void nothing_is_restored_over_a_storage() throws Exception {
    byte[] backup;
    try (EmbeddedStorage storage = open("one")) {
      backup = backup(storage);
    }
    assertThatThrownBy(() -> Backup.restore(file(backup), dir.resolve("one"))).hasMessageContaining("holds a storage already");
  }

  private EmbeddedStorage open(String name) throws IOException {
    return EmbeddedStorage.open(dir.resolve(name), AtRest.PLAIN, Clock.system());
  }

  private static byte[] backup(Storage storage) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    storage.backup(out);
    return out.toByteArray();
  }

  private Path file(byte[] backup) throws IOException {
    return Files.write(dir.resolve("backup"), backup);
  }

  private static List<String> contents(Storage storage) {
    return storage.keyspace().current().list("/registry/").stream()
        .map(entry -> entry.key() + " " + entry.modified() + " " + Observations.value(entry)).toList();
  }

  private static void put(Storage storage, String key, String value) throws IOException, InterruptedException {
    String json = "{\"kind\":\"X\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"x\"},\"v\":\"" + value + "\"}";
    long expected = storage.keyspace().current().get(key).map(Entry::modified).orElse(0L);
    storage.commit(new Write.Put(key, expected, json.getBytes(StandardCharsets.UTF_8), null, null));
  }
}
