package io.kubrig.kubelet.containerd;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageArchiveTest {
  @TempDir Path directory;

  /** The regular files of a tar archive by name. */
  private static Map<String, byte[]> untar(byte[] tar) {
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (int at = 0; at + 512 <= tar.length && tar[at] != 0; ) {
      String name = text(tar, at, 100);
      int size = Integer.parseInt(text(tar, at + 124, 11), 8);
      files.put(name + (tar[at + 156] == '2' ? "->" + text(tar, at + 157, 100) : ""), Arrays.copyOfRange(tar, at + 512, at + 512 + size));
      at += 512 + (size + 511) / 512 * 512;
    }
    return files;
  }

  private static String text(byte[] bytes, int from, int room) {
    return new String(bytes, from, room, StandardCharsets.UTF_8).split("\0", 2)[0];
  }

  @Test
  void an_archive_names_its_configuration_and_layer() throws IOException {
    Path archive = directory.resolve("a.tar");
    ImageArchive.named("example/a:1").text("/etc/x", "hello", 0644).link("/bin/l", "x").entrypoint("/bin/l").writeTo(archive);
    Map<String, byte[]> outer = untar(Files.readAllBytes(archive));
    JsonNode manifest = new ObjectMapper().readTree(outer.get("manifest.json")).get(0);
    assertThat(manifest.get("RepoTags").get(0).asText()).isEqualTo("example/a:1");
    JsonNode config = new ObjectMapper().readTree(outer.get(manifest.get("Config").asText()));
    assertThat(config.get("config").get("Entrypoint").get(0).asText()).isEqualTo("/bin/l");
    assertThat(config.get("rootfs").get("diff_ids").get(0).asText()).startsWith("sha256:");
    Map<String, byte[]> layer = untar(outer.get("layer.tar"));
    assertThat(layer).containsKeys("etc/", "bin/", "bin/l->x");
    assertThat(layer.get("etc/x")).asString().isEqualTo("hello");
  }

  @Test
  void equal_content_gives_equal_bytes() throws IOException {
    for (String name : new String[] {"a", "b"}) {
      ImageArchive.named("example/a:1").text("/x", "y", 0644).writeTo(directory.resolve(name));
    }
    assertThat(directory.resolve("a")).hasSameBinaryContentAs(directory.resolve("b"));
  }
}
