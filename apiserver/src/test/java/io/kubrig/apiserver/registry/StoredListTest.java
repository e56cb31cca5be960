package io.kubrig.apiserver.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.apiserver.storage.Entry;
import io.kubrig.machinery.tree.Tree;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class StoredListTest {
  private static final List<Entry> TWO = List.of(entry("a"), entry("b"));

  @Test
  void items_of_built_in_lists_say_no_kind_of_their_own() throws IOException {
    assertThat(written(new StoredList("PodList", "v1", Tree.of("resourceVersion", "7"), TWO, false)))
        .isEqualTo(
            "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"7\"},\"items\":"
                + "[{\"metadata\":{\"name\":\"a\"}},{\"metadata\":{\"name\":\"b\"}}]}");
  }

  @Test
  void items_of_custom_lists_do() throws IOException {
    assertThat(written(new StoredList("XList", "g/v1", new Tree(), TWO, true)))
        .isEqualTo(
            "{\"kind\":\"XList\",\"apiVersion\":\"g/v1\",\"metadata\":{},\"items\":"
                + "[{\"kind\":\"X\",\"apiVersion\":\"g/v1\",\"metadata\":{\"name\":\"a\"}},{\"kind\":\"X\",\"apiVersion\":\"g/v1\",\"metadata\":{\"name\":\"b\"}}]}");
  }

  @Test
  void a_list_without_items_has_an_empty_array() throws IOException {
    assertThat(written(new StoredList("PodList", "v1", new Tree(), List.of(), false)))
        .isEqualTo("{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{},\"items\":[]}");
  }

  private static String written(StoredList list) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    list.writeTo(out);
    assertThat(list.length()).isEqualTo(out.size());
    return out.toString(StandardCharsets.UTF_8);
  }

  private static Entry entry(String name) {
    String json = "{\"kind\":\"X\",\"apiVersion\":\"g/v1\",\"metadata\":{\"name\":\"" + name + "\"}}";
    return new Entry("/registry/x/" + name, json.getBytes(StandardCharsets.UTF_8), 1, 1, null);
  }
}
