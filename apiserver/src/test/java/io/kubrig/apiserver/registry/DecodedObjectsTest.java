package io.kubrig.apiserver.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubrig.apiserver.storage.Entry;
import io.kubrig.machinery.tree.Tree;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class DecodedObjectsTest {
  private final DecodedObjects decoded = new DecodedObjects();

  @Test
  void an_entry_is_decoded_once_and_nobody_can_change_what_others_see() {
    Entry entry = entry("/registry/namespaces/a", "1");
    Tree tree = decoded.of(entry);
    assertThat(decoded.of(entry)).isSameAs(tree);
    assertThatThrownBy(() -> tree.need("metadata").set("name", "b")).isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void a_newer_entry_of_the_same_key_is_decoded_anew() {
    decoded.of(entry("/registry/namespaces/a", "1"));
    assertThat(decoded.of(entry("/registry/namespaces/a", "2")).string("v")).isEqualTo("2");
  }

  @Test
  void more_objects_than_the_table_holds_are_all_answered_right() {
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 5000; i++) {
        assertThat(decoded.of(entry("/registry/namespaces/n" + i, "v" + i)).string("v")).isEqualTo("v" + i);
      }
    }
  }

  private static Entry entry(String key, String value) {
    return new Entry(key, ("{\"metadata\":{\"name\":\"a\"},\"v\":\"" + value + "\"}").getBytes(StandardCharsets.UTF_8), 1, 1, null);
  }
}
