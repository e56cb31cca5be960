package io.kubrig.kubelet.image;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageNamesTest {
  @Test
  void a_name_without_tag_or_digest_gets_latest() {
    assertThat(ImageNames.complete("busybox")).contains("busybox:latest");
    assertThat(ImageNames.complete("localhost:5000/a/b")).contains("localhost:5000/a/b:latest");
    assertThat(ImageNames.complete("busybox:1")).contains("busybox:1");
    String digest = "busybox@sha256:" + "0".repeat(64);
    assertThat(ImageNames.complete(digest)).contains(digest);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "UPPER", "a b", "a:", "a@", "-a", "a//b", "x@sha256:12"})
  void what_is_no_name_is_refused(String name) {
    assertThat(ImageNames.complete(name)).isEmpty();
  }

  @Test
  void credentials_match_by_registry_and_path() {
    assertThat(ImageNames.qualified("busybox")).isEqualTo("docker.io/library/busybox");
    assertThat(PullSecrets.matches("https://index.docker.io/v1/", ImageNames.qualified("busybox:1"))).isTrue();
    assertThat(PullSecrets.matches("registry.example", ImageNames.qualified("registry.example/a:1"))).isTrue();
    assertThat(PullSecrets.matches("registry.example/team", ImageNames.qualified("registry.example/other:1"))).isFalse();
  }
}
