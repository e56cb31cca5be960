package io.kubrig.machinery.selector;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import java.util.Map;
import org.junit.jupiter.params.provider.ValueSource;

class SelectorFuzz {

  @ValueSource(strings = {"a=b,c in (d,e),!f,g>1,h!=i,j notin (k,),l==", "in in (in)", "x/y", "a in (", "a=b c", "a in (,,)", "!!a"})
  @FuzzTest
  void a_label_selector_prints_as_what_it_is_read_from(@NotNull String text) {
    LabelSelector selector;
    try {
      selector = LabelSelector.parse(text);
    } catch (SelectorException refused) {
      return;
    }
    selector.matches(Map.of("a", "b", "c", "d", "g", "2"));
    LabelSelector again = LabelSelector.parse(selector.toString());
    assertThat(again.toString()).isEqualTo(selector.toString());
  }

  @ValueSource(strings = {"metadata.name=a,spec.nodeName!=b", "a=\\,\\=\\\\", "a==b,", "a=\\", "a=\\ud83d\\ude00"})
  @FuzzTest
  void a_field_selector_prints_as_what_it_is_read_from(@NotNull String text) {
    FieldSelector selector;
    try {
      selector = FieldSelector.parse(text);
    } catch (SelectorException refused) {
      return;
    }
    selector.matches(field -> "a");
    assertThat(FieldSelector.parse(selector.toString()).terms()).containsExactlyInAnyOrderElementsOf(selector.terms());
  }
}
