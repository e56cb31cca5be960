package io.kubrig.machinery.config;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigFileFuzz {

  @ValueSource(
      strings = {"apiVersion: x/v1\nkind: Config\na: {b: [1, true]}\nd: 1m30s\n", "kind: Config\napiVersion: x/v1\nkind: Config\n",
          "{apiVersion: &a x/v1, kind: *a}", "[[[[", "? {a: b}\n: c\n", "apiVersion: x/v1\nkind: Config\na: *b\n"})
  @FuzzTest
  void a_file_is_read_or_refused(@NotNull String text) {
    try {
      ConfigFields fields = ConfigFile.parse("file", text, "Config", List.of("x/v1")).fields();
      fields.text("a", "");
      fields.duration("d", Duration.ZERO);
    } catch (ConfigException refused) {
      // documented
    }
  }
}
