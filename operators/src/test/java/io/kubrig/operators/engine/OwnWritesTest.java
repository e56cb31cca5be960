package io.kubrig.operators.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;

class OwnWritesTest {
  private static final Key KEY = new Key("default", "a");
  private static final OwnWrites.Place HERE = new OwnWrites.Place("owner", "1");
  private static final OwnWrites.Place THERE = new OwnWrites.Place("owner", "2");

  private final OwnWrites<ConfigMap> own = new OwnWrites<>();

  private static ConfigMap map(String uid, long revision) {
    return new ConfigMapBuilder().withNewMetadata().withNamespace("default").withName("a").withUid(uid)
        .withResourceVersion(Long.toString(revision)).endMetadata().build();
  }

  @Test
  void shows_a_write_until_the_watch_has_passed_it() {
    own.wrote(KEY, map("u", 5), List.of(HERE));
    assertThat(own.of(KEY).pending(4)).isPresent();
    assertThat(own.of(KEY).pending(5)).isEmpty();
  }

  @Test
  void keeps_the_later_of_two_writes() {
    own.wrote(KEY, map("u", 7), List.of(HERE));
    own.wrote(KEY, map("u", 6), List.of(HERE));
    assertThat(own.of(KEY).object().getMetadata().getResourceVersion()).isEqualTo("7");
  }

  @Test
  void is_found_where_the_object_was_and_where_it_is_now() {
    own.wrote(KEY, map("u", 5), List.of(HERE));
    own.wrote(KEY, map("u", 6), List.of(THERE));
    assertThat(own.at(HERE)).containsKey(KEY).isEqualTo(own.at(THERE));
    assertThat(own.at(HERE).get(KEY).object().getMetadata().getResourceVersion()).isEqualTo("6");
  }

  @Test
  void forgets_everywhere_what_the_watch_has_brought() {
    own.wrote(KEY, map("u", 5), List.of(HERE, THERE));
    own.forgetSeen(KEY, 4, null);
    assertThat(own.all()).containsKey(KEY);
    own.forgetSeen(KEY, 5, map("u", 5));
    assertThat(own.isEmpty()).isTrue();
    assertThat(own.at(HERE)).isEmpty();
    assertThat(own.at(THERE)).isEmpty();
  }

  @Test
  void hides_what_was_deleted_until_the_watch_no_longer_shows_it() {
    own.deleted(KEY, "u", List.of(HERE));
    own.forgetSeen(KEY, 9, map("u", 5));
    assertThat(own.at(HERE).get(KEY).hides(map("u", 5))).isTrue();
    own.forgetSeen(KEY, 10, null);
    assertThat(own.isEmpty()).isTrue();
  }

  @Test
  void hides_what_it_made_and_deleted_itself_before_the_watch_told_of_either() {
    own.wrote(KEY, map("u", 5), List.of(HERE));
    own.deleted(KEY, "u", List.of());
    own.forgetSeen(KEY, 4, null);
    assertThat(own.of(KEY).pending(4)).isEmpty();
    own.forgetSeen(KEY, 5, map("u", 5));
    assertThat(own.of(KEY).hides(map("u", 5))).isTrue();
    own.forgetSeen(KEY, 6, null);
    assertThat(own.isEmpty()).isTrue();
  }

  @Test
  void does_not_hide_another_object_of_the_same_name() {
    own.deleted(KEY, "u", List.of(HERE));
    assertThat(own.of(KEY).hides(map("v", 8))).isFalse();
    own.forgetSeen(KEY, 8, map("v", 8));
    assertThat(own.isEmpty()).isTrue();
  }
}
