package io.kubrig.machinery.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.machinery.tree.Tree;
import java.util.List;
import org.junit.jupiter.api.Test;

class StoredFormTest {
  private static final Schema DRIVER = new Schema(Schema.Type.OBJECT).field(new Schema.Field("keys", list(string())).omitEmpty(true));
  private static final Schema SPEC = new Schema(Schema.Type.OBJECT).field(new Schema.Field("drivers", list(DRIVER)).omitEmpty(false));
  private static final Schema ROOT = new Schema(Schema.Type.OBJECT).field(new Schema.Field("spec", SPEC));

  private static Schema string() {
    return new Schema(Schema.Type.STRING);
  }

  private static Schema list(Schema items) {
    return new Schema(Schema.Type.ARRAY).items(items);
  }

  @Test
  void an_empty_list_that_is_always_written_is_decoded_as_such_and_stored_as_null() {
    Tree object = new Decoder(ROOT).normalise(Tree.of("spec", Tree.of("drivers", List.of())));
    assertThat(object.tree("spec").get("drivers")).isEqualTo(List.of());
    StoredForm.settle(object, ROOT);
    assertThat(object).isEqualTo(Tree.of("spec", Tree.of("drivers", null)));
  }

  @Test
  void nothing_else_changes() {
    Tree object = new Decoder(ROOT).normalise(Tree.of("spec", Tree.of("drivers", List.of(Tree.of("keys", List.of("k"))))));
    Tree before = object.copy();
    StoredForm.settle(object, ROOT);
    assertThat(object).isEqualTo(before);
  }
}
