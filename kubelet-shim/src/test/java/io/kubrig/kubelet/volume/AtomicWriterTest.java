package io.kubrig.kubelet.volume;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.kubelet.pod.Pods;
import io.kubrig.kubelet.volume.AtomicWriter.Payload;
import io.kubrig.machinery.clock.VirtualClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicWriterTest {
  @TempDir Path directory;
  private final VirtualClock clock = new VirtualClock(Pods.START);
  private final AtomicWriter writer = new AtomicWriter(clock);

  private static Payload text(String text) {
    return new Payload(text.getBytes(StandardCharsets.UTF_8), 0644);
  }

  private boolean write(Map<String, Payload> files) throws IOException {
    clock.advance(Duration.ofSeconds(1));
    return writer.write(directory, files, fresh -> {});
  }

  @Test
  void files_are_seen_through_links_to_one_directory() throws IOException {
    write(Map.of("a", text("1"), "sub/b", text("2")));
    assertThat(directory.resolve("a")).hasContent("1").isSymbolicLink();
    assertThat(directory.resolve("sub/b")).hasContent("2");
    assertThat(Files.readSymbolicLink(directory.resolve("a"))).isEqualTo(Path.of("..data", "a"));
    assertThat(Files.readSymbolicLink(directory.resolve("..data")).toString()).startsWith("..2026_01_01");
  }

  @Test
  void a_change_moves_all_files_at_once_and_removes_the_old_ones() throws IOException {
    write(Map.of("a", text("1"), "gone", text("x")));
    Path before = directory.resolve("..data").toRealPath();
    assertThat(write(Map.of("a", text("2"), "new", text("y")))).isTrue();
    assertThat(directory.resolve("a")).hasContent("2");
    assertThat(directory.resolve("new")).hasContent("y");
    assertThat(directory.resolve("gone")).doesNotExist();
    assertThat(before).doesNotExist();
  }

  @Test
  void nothing_moves_when_nothing_changed() throws IOException {
    write(Map.of("a", text("1")));
    Path before = directory.resolve("..data").toRealPath();
    assertThat(write(Map.of("a", text("1")))).isFalse();
    assertThat(directory.resolve("..data").toRealPath()).isEqualTo(before);
  }

  @Test
  void a_changed_mode_is_a_change() throws IOException {
    write(Map.of("a", text("1")));
    assertThat(write(Map.of("a", new Payload("1".getBytes(StandardCharsets.UTF_8), 0400)))).isTrue();
  }
}
