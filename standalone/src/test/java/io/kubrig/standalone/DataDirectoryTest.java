package io.kubrig.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubrig.machinery.component.StartException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
  @TempDir private Path temporary;

  @Test
  void a_directory_that_is_taken_keeps_others_out_until_it_is_let_go() {
    DataDirectory directory = new DataDirectory(temporary.resolve("d"));
    assertThat(directory.holder()).isEmpty();
    try (DataDirectory.Held held = directory.take()) {
      held.announceReady();
      assertThat(directory.isReady()).isTrue();
      assertThat(directory.holder()).contains(ProcessHandle.current());
      assertThatThrownBy(directory::take)
          .isInstanceOf(StartException.class)
          .hasMessageContaining("is in use by a running kubrig (process " + ProcessHandle.current().pid() + ")");
    }
    assertThat(directory.isReady()).isFalse();
    assertThat(directory.holder()).isEmpty();
    directory.take().close();
  }

  @Test
  void a_file_in_its_place_is_said_plainly() throws Exception {
    Path file = Files.writeString(temporary.resolve("file"), "x");
    assertThatThrownBy(() -> new DataDirectory(file).take())
        .isInstanceOf(StartException.class)
        .hasMessageStartingWith("the data directory " + file + " cannot be used: ");
  }

  @Test
  void removing_takes_everything_inside_and_follows_no_link() throws Exception {
    Path outside = Files.writeString(temporary.resolve("outside"), "keep");
    DataDirectory directory = new DataDirectory(temporary.resolve("d"));
    directory.take().close();
    Files.createDirectories(directory.pki());
    Files.createSymbolicLink(directory.pki().resolve("link"), outside);
    assertThat(directory.isOurs()).isTrue();
    directory.remove();
    assertThat(directory.path()).doesNotExist();
    assertThat(outside).exists();
  }
}
