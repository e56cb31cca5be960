package io.kubrig.apiserver.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.machinery.flags.Flag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The page of flags says what the program declares; {@code -Drewrite=true} writes it anew. */
class FlagsPageTest {
  private static final Path PAGE = Path.of("..", "docs", "apiserver-flags.md");

  private static String page() {
    StringBuilder effective = new StringBuilder();
    StringBuilder inert = new StringBuilder();
    TreeMap<String, Flag<?>> flags = new TreeMap<>();
    new ApiServerFlags().set().all().forEach(flag -> flags.put(flag.name(), flag));
    flags.forEach((name, flag) -> {
      StringBuilder table = flag.inertReason().isEmpty() ? effective : inert;
      String text = flag.inertReason().isEmpty() ? flag.usage() : flag.inertReason();
      table.append("| `--").append(name).append("` | ").append(text.replace("|", "\\|")).append(" |\n");
    });
    return "# Flags of the API server\n\nMade from the program by `FlagsPageTest`; what the flags mean beyond this is in "
        + "[apiserver.md](apiserver.md). An unknown flag is an error.\n\n## Flags that have an effect\n| flag | |\n|---|---|\n" + effective
        + "\n## Flags that are accepted, with a warning, and have none\n| flag | why |\n|---|---|\n" + inert;
  }

  @Test
  void the_page_names_every_flag_and_what_it_does() throws IOException {
    if (Boolean.getBoolean("rewrite")) {
      Files.writeString(PAGE, page());
    }
    assertThat(Files.readString(PAGE)).isEqualTo(page());
  }
}
