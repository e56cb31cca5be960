package io.kubrig.operators.garbagecollector;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OwnerGraphTest {
  private final List<String> hints = new ArrayList<>();
  private final AbsentOwners absent = new AbsentOwners();
  private final OwnerGraph graph = new OwnerGraph(absent, new OwnerGraph.Hints() {
    @Override
    public void mayGo(String uid) {
      hints.add("look " + uid);
    }

    @Override
    public void orphans(String uid) {
      hints.add("orphan " + uid);
    }

    @Override
    public void outOfReach(Identity dependent, Identity owner) {
      hints.add("out of reach " + dependent.name() + " " + owner);
    }
  });

  private static Identity map(String namespace, String name) {
    return new Identity("v1", "ConfigMap", namespace, name, name);
  }

  private static ObjectMetaBuilder object(String name) {
    return new ObjectMetaBuilder().withNamespace("ns").withName(name).withUid(name);
  }

  private static ObjectMeta owned(String name, String owner, boolean blocks) {
    return object(name).addNewOwnerReference().withApiVersion("v1").withKind("ConfigMap").withName(owner).withUid(owner)
        .withBlockOwnerDeletion(blocks).endOwnerReference().build();
  }

  private List<String> hints() {
    List<String> said = List.copyOf(hints);
    hints.clear();
    return said;
  }

  @Test
  void an_owner_that_was_never_seen_is_looked_for() {
    graph.seen(map("ns", "child"), null, owned("child", "boss", true));
    assertThat(hints()).containsExactly("look boss");
    assertThat(graph.view("boss").orElseThrow().virtual()).isTrue();
  }

  @Test
  void a_missing_owner_makes_its_dependents_be_looked_at() {
    graph.seen(map("ns", "child"), null, owned("child", "boss", true));
    hints();
    graph.missing(map("ns", "boss"));
    assertThat(hints()).containsExactly("look child");
    assertThat(graph.uids()).containsExactly("child");
    assertThat(absent.contains(map("ns", "boss"))).isTrue();
  }

  @Test
  void an_owner_seen_after_its_dependent_is_real() {
    graph.seen(map("ns", "child"), null, owned("child", "boss", true));
    graph.seen(map("ns", "boss"), null, object("boss").build());
    assertThat(graph.view("boss").orElseThrow().virtual()).isFalse();
    assertThat(graph.view("boss").orElseThrow().dependents()).containsExactly(new OwnerGraph.Dependent(map("ns", "child"), false, true));
  }

  @Test
  void a_deleted_owner_makes_its_dependents_be_looked_at() {
    graph.seen(map("ns", "boss"), null, object("boss").build());
    graph.seen(map("ns", "child"), null, owned("child", "boss", true));
    graph.gone(map("ns", "boss"));
    assertThat(hints()).containsExactly("look child");
  }

  @Test
  void foreground_deletion_looks_at_the_dependents_and_again_at_the_owner_when_one_has_gone() {
    graph.seen(map("ns", "boss"), null, object("boss").build());
    graph.seen(map("ns", "child"), null, owned("child", "boss", true));
    graph.seen(map("ns", "boss"), object("boss").build(),
        object("boss").withDeletionTimestamp("2026-01-01T00:00:00Z").withFinalizers(OwnerGraph.FOREGROUND).build());
    assertThat(hints()).containsExactly("look child", "look boss");
    graph.gone(map("ns", "child"));
    assertThat(hints()).containsExactly("look boss");
  }

  @Test
  void a_dependent_that_no_longer_blocks_lets_the_owner_be_looked_at() {
    graph.seen(map("ns", "boss"), null,
        object("boss").withDeletionTimestamp("2026-01-01T00:00:00Z").withFinalizers(OwnerGraph.FOREGROUND).build());
    graph.seen(map("ns", "child"), null, owned("child", "boss", true));
    hints();
    graph.seen(map("ns", "child"), owned("child", "boss", true), owned("child", "boss", false));
    assertThat(hints()).containsExactly("look boss");
  }

  @Test
  void an_orphaning_owner_is_told_once() {
    ObjectMeta going = object("boss").withDeletionTimestamp("2026-01-01T00:00:00Z").withFinalizers(OwnerGraph.ORPHAN).build();
    graph.seen(map("ns", "boss"), null, going);
    graph.seen(map("ns", "boss"), going, going);
    assertThat(hints()).containsExactly("orphan boss");
  }

  @Test
  void an_owner_in_another_namespace_is_out_of_reach() {
    graph.seen(map("other", "boss"), null, object("boss").withNamespace("other").build());
    graph.seen(map("ns", "child"), null, owned("child", "boss", true));
    assertThat(hints()).containsExactly(
        "out of reach child [v1/ConfigMap, namespace: ns, name: boss, uid: boss]", "look child");
  }

  @Test
  void a_real_object_is_not_removed_because_other_coordinates_of_its_uid_are_missing() {
    graph.seen(map("other", "boss"), null, object("boss").withNamespace("other").build());
    graph.missing(map("ns", "boss"));
    assertThat(graph.uids()).containsExactly("boss");
  }
}
