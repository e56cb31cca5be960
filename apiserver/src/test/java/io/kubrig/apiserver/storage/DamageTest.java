package io.kubrig.apiserver.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.machinery.clock.Clock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bits that flip on the disk behind the storage's back. */
class DamageTest {
  private static final int FLIPS = 150;
  private static final int WRITES = 40;

  @TempDir Path dir;

  @Test
  void no_flipped_bit_is_taken_for_data() throws Exception {
    Random random = new Random(RandomTraffic.seed("DamageTest"));
    Path healthy = Files.createDirectory(dir.resolve("healthy"));
    TreeMap<Long, String> written = write(healthy);
    int refused = 0;
    int setAside = 0;
    for (int flip = 0; flip < FLIPS; flip++) {
      Path damaged = copy(healthy, dir.resolve("damaged" + flip));
      String what = flip(damaged, random);
      try (EmbeddedStorage storage = open(damaged)) {
        TreeMap<Long, String> found = state(storage);
        boolean whole = found.equals(written);
        // the end of the newest log may have been torn by a crash: it is cut off, kept and named
        assertThat(whole || written.entrySet().containsAll(found.entrySet()) && found.size() == WRITES - 1 && keepsWhatItCutOff(damaged))
            .as("%s: found %d of %d", what, found.size(), WRITES).isTrue();
        setAside += whole ? 0 : 1;
      } catch (CorruptStorageException e) {
        assertThat(e.getMessage()).as("what is said of %s", what).contains(damaged.toString());
        refused++;
      }
    }
    System.out.println(FLIPS + " flips: " + refused + " refused, " + setAside + " at the end set aside, the others in unused space");
    assertThat(refused).isGreaterThan(FLIPS / 10);
  }

  private static EmbeddedStorage open(Path directory) throws IOException {
    return EmbeddedStorage.open(directory, AtRest.PLAIN, Clock.system(), Disk.REAL, 4 << 10);
  }

  private static TreeMap<Long, String> write(Path directory) throws Exception {
    try (EmbeddedStorage storage = open(directory)) {
      for (int i = 0; i < WRITES; i++) {
        String json = "{\"kind\":\"X\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"x\"},\"v\":\"" + i + "x".repeat(i * 5) + "\"}";
        storage.commit(new Write.Put("/registry/things/k" + i, 0, json.getBytes(StandardCharsets.UTF_8), null, null));
      }
      return state(storage);
    }
  }

  private static TreeMap<Long, String> state(EmbeddedStorage storage) {
    TreeMap<Long, String> state = new TreeMap<>();
    storage.keyspace().current().list("/registry/").forEach(entry -> state.put(entry.modified(), entry.key() + Observations.value(entry)));
    return state;
  }

  private static Path copy(Path from, Path to) throws IOException {
    Files.createDirectory(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
    return to;
  }

  /** Flips one bit among the bytes that are no allocated zeros. */
  private static String flip(Path directory, Random random) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(directory)) {
      files = all.filter(file -> file.toFile().length() > 0 && !file.getFileName().toString().contains("lock")).sorted().toList();
    }
    Path file = files.get(random.nextInt(files.size()));
    byte[] bytes = Files.readAllBytes(file);
    int used = bytes.length;
    while (used > 1 && bytes[used - 1] == 0) {
      used--;
    }
    int at = random.nextInt(used);
    bytes[at] ^= (byte) (1 << random.nextInt(8));
    Files.write(file, bytes);
    return "a bit of byte " + at + " of " + used + " in " + file.getFileName();
  }

  private static boolean keepsWhatItCutOff(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.anyMatch(file -> file.getFileName().toString().contains(".torn-at-"));
    }
  }
}
