package io.kubrig.operators.garbagecollector;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.kubrig.operators.garbagecollector.Verdict.Owner;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VerdictTest {
  private static final List<OwnerGraph.Dependent> NONE = List.of();
  private static final OwnerGraph.Dependent PLAIN = new OwnerGraph.Dependent(new Identity("v1", "Pod", "ns", "d", "d"), false, true);
  private static final OwnerGraph.Dependent DELETING = new OwnerGraph.Dependent(new Identity("v1", "Pod", "ns", "d", "d"), true, true);

  private static ObjectMeta owned(String... owners) {
    ObjectMetaBuilder object = new ObjectMetaBuilder().withName("x");
    for (String owner : owners) {
      object.addNewOwnerReference().withApiVersion("v1").withKind("ConfigMap").withName(owner).withUid(owner).endOwnerReference();
    }
    return object.build();
  }

  @Test
  void decides_by_the_state_of_the_owners() {
    assertThat(Verdict.of(owned(), Map.of(), NONE)).isEqualTo(new Verdict.Keep());
    assertThat(Verdict.of(owned("a"), Map.of("a", Owner.SOLID), NONE)).isEqualTo(new Verdict.Keep());
    assertThat(Verdict.of(owned("a"), Map.of("a", Owner.ABSENT), NONE)).isEqualTo(new Verdict.Delete("Background", false));
    assertThat(Verdict.of(owned("a"), Map.of("a", Owner.WAITING), NONE)).isEqualTo(new Verdict.Delete("Background", false));
    assertThat(Verdict.of(owned("a"), Map.of("a", Owner.WAITING), List.of(PLAIN))).isEqualTo(new Verdict.Delete("Foreground", false));
    assertThat(Verdict.of(owned("a"), Map.of("a", Owner.WAITING), List.of(DELETING))).isEqualTo(new Verdict.Delete("Foreground", true));
    assertThat(Verdict.of(owned("a", "b", "c"), Map.of("a", Owner.SOLID, "b", Owner.ABSENT, "c", Owner.WAITING), NONE))
        .isEqualTo(new Verdict.Disown(List.of("b", "c")));
  }

  @Test
  void a_reference_that_names_nobody_neither_keeps_nor_condemns() {
    ObjectMeta nonsense = new ObjectMetaBuilder(owned("a")).addNewOwnerReference().withUid("b").endOwnerReference().addNewOwnerReference()
        .endOwnerReference().build();
    assertThat(Verdict.of(nonsense, Map.of("a", Owner.SOLID), NONE)).isEqualTo(new Verdict.Keep());
    ObjectMeta only = new ObjectMetaBuilder(owned()).addNewOwnerReference().endOwnerReference().build();
    assertThat(Verdict.of(only, Map.of(), NONE)).isEqualTo(new Verdict.Keep());
  }

  @Test
  void finalizers_of_the_object_say_how_it_goes() {
    ObjectMeta orphaning = new ObjectMetaBuilder(owned("a")).withFinalizers(OwnerGraph.ORPHAN).build();
    ObjectMeta foreground = new ObjectMetaBuilder(owned("a")).withFinalizers(OwnerGraph.FOREGROUND).build();
    assertThat(Verdict.of(orphaning, Map.of("a", Owner.ABSENT), NONE)).isEqualTo(new Verdict.Delete("Orphan", false));
    assertThat(Verdict.of(foreground, Map.of("a", Owner.ABSENT), NONE)).isEqualTo(new Verdict.Delete("Foreground", false));
  }
}
