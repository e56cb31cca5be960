package io.kubrig.machinery.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubrig.machinery.json.Json;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TreeTest {

  @Test
  void a_frozen_tree_refuses_every_change_at_every_depth() {
    Tree tree = Tree.of("a", Tree.of("b", 1L), "l", new ArrayList<Object>(List.of(Tree.of("c", 2L)))).freeze();
    assertThatThrownBy(() -> tree.set("a", 2L)).isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> tree.add("z", 2L)).isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> tree.remove("a")).isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(tree::clear).isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> tree.setValueAt(0, 1L)).isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> tree.need("new")).isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> tree.tree("a").set("b", 2L)).isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> tree.list("l").add(3L)).isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> tree.trees("l").getFirst().set("c", 3L)).isInstanceOf(UnsupportedOperationException.class);
    assertThat(tree).isEqualTo(Tree.of("a", Tree.of("b", 1L), "l", List.of(Tree.of("c", 2L))));
  }

  @Test
  void an_empty_list_that_was_given_is_absent_but_known() {
    Tree tree = Tree.of("a", 1L).noteEmpty("l", List.of());
    assertThat(tree.has("l")).isFalse();
    assertThat(tree.given("l")).isEqualTo(List.of());
    assertThat(tree.given("a")).isEqualTo(1L);
    assertThat(tree).isEqualTo(Tree.of("a", 1L)).hasToString("{a: 1}");
    assertThat(tree.givenNames()).containsExactly("a", "l");
    assertThat(tree.copy().given("l")).isEqualTo(List.of());
    assertThat(tree.copy().set("l", 2L).given("l")).isEqualTo(2L);
    assertThat(tree.freeze().given("l")).as("what is stored").isNull();
  }

  @Test
  void values_are_alike_as_given_only_with_the_same_empty_lists() {
    Tree plain = Tree.of("list", new ArrayList<Object>(List.of(Tree.of("a", 1L))));
    Tree noted = Tree.of("list", new ArrayList<Object>(List.of(Tree.of("a", 1L).noteEmpty("b", List.of()))));
    assertThat(plain).isEqualTo(noted);
    assertThat(Given.alike(plain, noted)).isFalse();
    assertThat(Given.alike(noted, noted.copy())).isTrue();
    assertThat(Given.alike(plain, Tree.of("list", new ArrayList<Object>(List.of(Tree.of("a", 2L)))))).isFalse();
  }

  @Test
  void removing_what_a_frozen_tree_does_not_have_changes_nothing() {
    assertThat(Tree.of("a", 1L).freeze().remove("b")).isNull();
  }

  @Test
  void a_copy_of_a_frozen_tree_is_open_all_the_way_down() {
    Tree frozen = Tree.of("a", Tree.of("b", 1L), "l", new ArrayList<Object>(List.of(Tree.of("c", 2L)))).freeze();
    Tree copy = frozen.copy();
    copy.need("a").set("b", 2L);
    copy.needList("l").add("more");
    assertThat(copy).isNotEqualTo(frozen);
    assertThat(frozen.tree("a").integer("b")).isEqualTo(1);
  }

  @Test
  void a_frozen_tree_with_many_members_is_read_through_its_index() {
    Tree tree = new Tree();
    for (int i = 0; i < 100; i++) {
      tree.set("n" + i, (long) i);
    }
    tree.freeze();
    assertThat(tree.integer("n77")).isEqualTo(77);
    assertThat(tree.has("n100")).isFalse();
  }

  @Test
  void a_shared_tree_is_its_own_copy_and_the_rest_around_it_is_not() {
    Tree shared = Tree.of("f:spec", new Tree());
    shared.share(Json.write(shared));
    Tree whole = Tree.of("fields", shared, "other", new Tree());
    Tree copy = whole.copy();
    assertThat(copy.get("fields")).isSameAs(shared);
    assertThat(copy.get("other")).isNotSameAs(whole.get("other"));
    assertThat(Json.text(copy)).isEqualTo("{\"fields\":{\"f:spec\":{}},\"other\":{}}");
    assertThat(new String(Json.pretty(copy))).contains("\n    \"f:spec\": {}");
  }

  @Test
  void names_with_the_same_hash_are_told_apart_also_after_one_has_gone() {
    Tree tree = Tree.of("Aa", 1L); // "BB" has the hash of "Aa"
    assertThat(tree.get("BB")).isNull();

    tree.set("BB", 2L);
    tree.remove("Aa");

    assertThat(tree.get("Aa")).isNull();
    assertThat(tree.get(String.valueOf(new char[] {'B', 'B'}))).isEqualTo(2L);
    assertThat(tree.copy().get("BB")).isEqualTo(2L);
  }
}
