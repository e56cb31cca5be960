package io.kubrig.machinery.fieldmanager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.schema.Decoder;
import io.kubrig.machinery.schema.GroupVersionKind;
import io.kubrig.machinery.schema.TestSchemas;
import io.kubrig.machinery.tree.Tree;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FieldManagerTest {
  private static final GroupVersionKind GADGET = new GroupVersionKind("x", "v1", "Gadget");
  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
  private static final Decoder DECODER = new Decoder(TestSchemas.GADGET);

  private final FieldManager manager =
      FieldManager.builtIn(GADGET, "", Versions.single("x/v1", TestSchemas.GADGET), Map.of("x/v1", FieldSet.of("status")));

  /** An object in normal form with the type and name that every one has. */
  private static Tree gadget(String members) {
    return DECODER.normalise(config(members));
  }

  private static Tree config(String members) {
    return Json.readTree("{\"kind\":\"Gadget\",\"apiVersion\":\"x/v1\",\"metadata\":{\"name\":\"a\",\"namespace\":\"n\""
        + members.replace('\'', '"'));
  }

  private Tree create(String members, String who) {
    Tree created = manager.update(new Tree(), gadget(members), who, NOW);
    created.need("metadata").set("uid", "u");
    return created;
  }

  private Tree update(Tree live, String members, String who) {
    Tree changed = gadget(members);
    changed.need("metadata").set("uid", "u");
    return manager.update(live, changed, who, NOW.plusSeconds(1));
  }

  private Tree apply(Tree live, String members, String who, boolean force) {
    Tree result = DECODER.normalise(manager.apply(live, config(members), who, force, NOW.plusSeconds(2)));
    result.need("metadata").set("uid", "u");
    return result;
  }

  /** Manager, operation and fields of each entry. */
  private static String entries(Tree object) {
    StringBuilder out = new StringBuilder();
    for (Tree entry : object.tree("metadata").trees("managedFields")) {
      out.append(entry.string("manager")).append(' ').append(entry.string("operation")).append(' ')
          .append(Json.text(entry.get("fieldsV1")).replace('"', '\''));
      out.append('\n');
    }
    return out.toString();
  }

  @Test
  void a_create_owns_what_it_sets_but_not_what_every_object_has() {
    Tree created =
        create(
            ",'labels':{'l':'m'}},'spec':{'replicas':2,'containers':[{'name':'c','image':'i','args':['x'],'ports':[{'containerPort':80,'protocol':'TCP'}]}]},'data':{'k':'v'},"
                + "'status':{'ready':1}}",
            "one");
    assertThat(entries(created))
        .isEqualTo(
            "one Update {'f:data':{'.':{},'f:k':{}},'f:metadata':{'f:labels':{'.':{},'f:l':{}}},'f:spec':{'f:containers':{'k:{\\'name\\':\\'c\\'}':{'.':{},'f:args':{},"
                + "'f:image':{},'f:name':{},'f:ports':{'.':{},'k:{\\'containerPort\\':80,\\'protocol\\':\\'TCP\\'}':{'.':{},'f:containerPort':{},'f:protocol':{}}}}},"
                + "'f:replicas':{}}}\n");
    Tree entry = created.tree("metadata").trees("managedFields").getFirst();
    assertThat(entry.names()).containsExactly("manager", "operation", "apiVersion", "time", "fieldsType", "fieldsV1");
    assertThat(entry.string("time")).isEqualTo("2030-01-01T00:00:00Z");
  }

  @Test
  void an_update_takes_over_what_it_changes() {
    Tree live = create("},'data':{'k':'v','l':'w'}}", "c");
    Tree changed = update(live, "},'data':{'k':'x','l':'w'}}", "u");
    assertThat(entries(changed)).isEqualTo("c Update {'f:data':{'.':{},'f:l':{}}}\nu Update {'f:data':{'f:k':{}}}\n");
    Tree gone = update(changed, "}}", "w");
    assertThat(gone.tree("metadata").has("managedFields")).isFalse();
  }

  @Test
  void an_update_that_changes_nothing_keeps_its_time() {
    Tree live = create("},'data':{'k':'v'}}", "c");
    Tree again = update(live, "},'data':{'k':'v'}}", "c");
    assertThat(again).isEqualTo(live);
    Tree touched = live.copy();
    touched.tree("metadata").trees("managedFields").getFirst().set("time", "2031-01-01T00:00:00Z");
    assertThat(FieldManager.keepTimesIfNothingChanged(live, touched)).isEqualTo(live);
  }

  @Test
  void empty_managed_fields_in_an_update_reset_them() {
    Tree live = create("},'data':{'k':'v'}}", "c");
    assertThat(entries(update(live, ",'managedFields':[]},'data':{'k':'v'}}", "c"))).isEmpty();
    assertThat(entries(update(live, ",'managedFields':[{}]},'data':{'k':'x'}}", "c"))).isEmpty();
    assertThat(entries(update(live, ",'managedFields':[{'manager':'m','operation':'Foo'}]},'data':{'k':'v'}}", "c")))
        .isEqualTo(entries(live));
  }

  @Test
  void what_is_still_stated_stays_when_all_in_it_is_given_up() {
    Tree first = apply(new Tree(), ",'labels':{'l':'m'}}}", "one", false);
    Tree second = manager.apply(first, config(",'labels':{}}}"), "one", false, NOW.plusSeconds(3));
    assertThat(second.tree("metadata").get("labels")).isEqualTo(new Tree());
    Tree third = manager.apply(first, config("}}"), "one", false, NOW.plusSeconds(3));
    assertThat(third.tree("metadata").has("labels")).as("no longer stated").isFalse();
  }

  @Test
  void an_apply_owns_what_it_states_and_creates() {
    Tree applied = apply(new Tree(), "},'data':{'k':'v'},'spec':{'containers':[{'name':'c','ports':[{'containerPort':80}]}]}}", "one",
        false);
    assertThat(entries(applied))
        .isEqualTo(
            "one Apply {'f:data':{'f:k':{}},'f:spec':{'f:containers':{'k:{\\'name\\':\\'c\\'}':{'.':{},'f:name':{},'f:ports':{'k:{\\'containerPort\\':80,\\'protocol\\':\\'TCP\\'}':"
                + "{'.':{},'f:containerPort':{}}}}}}}\n");
    assertThat(Json.text(applied.get("data"))).isEqualTo("{\"k\":\"v\"}");
  }

  @Test
  void an_apply_that_would_change_fields_of_others_conflicts_unless_forced() {
    Tree live = apply(new Tree(), "},'data':{'k':'1'}}", "one", false);
    live = apply(live, "},'data':{'l':'1'}}", "two", false);
    Tree both = live;
    assertThatThrownBy(() -> apply(both, "},'data':{'k':'2','l':'2'}}", "three", false))
        .isInstanceOf(FieldConflictException.class)
        .hasMessage("Apply failed with 2 conflicts: conflicts with \"one\":\n- .data.k\nconflicts with \"two\":\n- .data.l");
    Tree forced = apply(live, "},'data':{'k':'2','l':'2'}}", "three", true);
    assertThat(entries(forced)).isEqualTo("three Apply {'f:data':{'f:k':{},'f:l':{}}}\n");
  }

  @Test
  void a_conflict_with_an_update_names_its_version() {
    Tree live = create("},'data':{'k':'v'}}", "upd");
    assertThatThrownBy(() -> apply(live, "},'data':{'k':'x'}}", "one", false))
        .hasMessage("Apply failed with 1 conflict: conflict with \"upd\" using x/v1: .data.k")
        .satisfies(
            e -> {
              var conflict = ((FieldConflictException) e).conflicts().getFirst();
              assertThat(conflict.message()).isEqualTo("conflict with \"upd\" using x/v1");
              assertThat(conflict.path()).isEqualTo(".data.k");
            });
  }

  @Test
  void what_is_no_longer_applied_goes_unless_somebody_else_owns_it() {
    Tree live = apply(new Tree(), "},'data':{'k':'1','l':'1'},'spec':{'containers':[{'name':'c','image':'i'},{'name':'d'}]}}", "one",
        false);
    live = apply(live, "},'data':{'l':'1'}}", "two", false);
    Tree less = apply(live, "},'spec':{'containers':[{'name':'c'}]}}", "one", false);
    assertThat(Json.text(less.get("data"))).isEqualTo("{\"l\":\"1\"}");
    assertThat(Json.text(less.tree("spec").get("containers"))).isEqualTo("[{\"name\":\"c\"}]");
    assertThat(entries(less))
        .isEqualTo("two Apply {'f:data':{'f:l':{}}}\none Apply "
        + "{'f:spec':{'f:containers':{'k:{\\'name\\':\\'c\\'}':{'.':{},'f:name':{}}}}}\n");
  }

  @Test
  void merged_lists_follow_the_order_of_the_configuration() {
    Tree live = create("},'spec':{'containers':[{'name':'a'},{'name':'b'},{'name':'c'}]}}", "c");
    Tree applied = apply(live, "},'spec':{'containers':[{'name':'c'},{'name':'x'},{'name':'a'}]}}", "one", false);
    assertThat(applied.tree("spec").trees("containers").stream().map(container -> container.string("name")))
        .containsExactly("b", "c", "x", "a");
  }

  @Test
  void sets_are_merged_by_value() {
    Tree live = apply(new Tree(), ",'finalizers':['x/a','x/b']}}", "one", false);
    live = apply(live, ",'finalizers':['x/c']}}", "two", false);
    assertThat(live.tree("metadata").strings("finalizers")).containsExactlyInAnyOrder("x/a", "x/b", "x/c");
    assertThat(entries(live)).contains("two Apply {'f:metadata':{'f:finalizers':{'v:\\'x/c\\'':{}}}}");
    Tree less = apply(live, ",'finalizers':['x/b']}}", "one", false);
    assertThat(less.tree("metadata").strings("finalizers")).containsExactlyInAnyOrder("x/b", "x/c");
  }

  @Test
  void an_atomic_value_is_owned_and_replaced_whole() {
    Tree live = apply(new Tree(), "},'spec':{'selector':{'matchLabels':{'a':'b'}}}}", "one", false);
    assertThat(entries(live)).isEqualTo("one Apply {'f:spec':{'f:selector':{}}}\n");
    assertThatThrownBy(() -> apply(live, "},'spec':{'selector':{'matchLabels':{'c':'d'}}}}", "two", false))
        .hasMessage("Apply failed with 1 conflict: conflict with \"one\": .spec.selector");
    Tree forced = apply(live, "},'spec':{'selector':{'matchLabels':{'c':'d'}}}}", "two", true);
    assertThat(Json.text(forced.tree("spec").get("selector"))).isEqualTo("{\"matchLabels\":{\"c\":\"d\"}}");
  }

  @Test
  void what_was_there_before_the_first_apply_has_an_owner_too() {
    Tree live = create("},'data':{'k':'v'}}", "c");
    live.tree("metadata").remove("managedFields");
    Tree applied = apply(live, "},'data':{'l':'w'}}", "one", false);
    assertThat(entries(applied)).isEqualTo("one Apply {'f:data':{'f:l':{}}}\nbefore-first-apply Update {'f:data':{'.':{},'f:k':{}}}\n");
  }

  @Test
  void an_apply_that_changes_nothing_answers_the_live_object() {
    Tree live = apply(new Tree(), "},'data':{'k':'v'}}", "one", false);
    assertThat(manager.apply(live, config("},'data':{'k':'v'}}"), "one", false, NOW.plusSeconds(99))).isEqualTo(live);
  }

  @Test
  void a_configuration_has_to_fit_the_schema() {
    assertThatThrownBy(() -> apply(new Tree(), "},'foo':1}", "one", false))
        .hasMessage("failed to create typed patch object (n/a; x/v1, Kind=Gadget): .foo: field not declared in schema");
    assertThatThrownBy(() -> apply(new Tree(), "},'spec':{'replicas':'x'}}", "one", false))
        .hasMessage("failed to create typed patch object (n/a; x/v1, Kind=Gadget): .spec.replicas: expected numeric (int or float), got "
            + "string");
    assertThatThrownBy(() -> apply(new Tree(), "},'data':{'k':5}}", "one", false))
        .hasMessageEndingWith(".data.k: expected string, got &value.valueUnstructured{Value:5}");
    assertThatThrownBy(() -> apply(new Tree(), "},'spec':{'containers':[{'name':'c'},{'name':'c'}]}}", "one", false))
        .hasMessageEndingWith(".spec.containers: duplicate entries for key [name=\"c\"]");
    assertThatThrownBy(() -> apply(new Tree(), "},'spec':{'containers':[null]}}", "one", false))
        .hasMessageEndingWith(".spec.containers: element 0: associative list with keys may not have a null element");
    assertThatThrownBy(() -> apply(new Tree(), ",'managedFields':[]}}", "one", false)).hasMessage("metadata.managedFields must be nil");
  }

  @Test
  void a_key_that_the_type_always_writes_may_be_left_out() {
    Tree applied = apply(new Tree(), "},'spec':{'containers':[{'image':'c'}]}}", "one", false);
    assertThat(entries(applied)).contains("k:{\\'name\\':\\'\\'}");
  }

  @Test
  void the_oldest_updates_are_put_together_when_there_are_too_many() {
    Tree live = create("},'data':{'k0':'0'}}", "m0");
    for (int i = 1; i <= 11; i++) {
      Tree changed = live.copy();
      changed.tree("data").set("k" + i, "v");
      live = manager.update(live, changed, "m" + i, NOW.plusSeconds(i));
    }
    assertThat(live.tree("metadata").trees("managedFields")).hasSize(10).first()
        .satisfies(entry -> assertThat(entry.string("manager")).isEqualTo("ancient-changes"));
  }

  @Test
  void what_kubectl_applied_on_the_client_side_may_be_applied_without_force() {
    String annotation = "{\\'apiVersion\\':\\'x/v1\\',\\'kind\\':\\'Gadget\\',\\'metadata\\':{\\'name\\':\\'a\\',\\'namespace\\':\\'n\\'},\\'data\\':{\\'k\\':\\'v\\'}}";
    Tree live =
        create(",'annotations':{'kubectl.kubernetes.io/last-applied-configuration':'" + annotation + "'}},'data':{'k':'v','l':'w'}}",
            "kubectl-client-side-apply");
    Tree applied = apply(live, "},'data':{'k':'x'}}", "kubectl", false);
    assertThat(applied.tree("data").string("k")).isEqualTo("x");
    assertThat(applied.at("metadata", "annotations").string("kubectl.kubernetes.io/last-applied-configuration")).contains("\"k\":\"x\"");
    assertThatThrownBy(() -> apply(live, "},'data':{'l':'x'}}", "kubectl", false)).isInstanceOf(FieldConflictException.class);
  }

  @Test
  void a_scale_shares_the_ownership_of_replicas() {
    Tree live = apply(new Tree(), "},'spec':{'replicas':2},'data':{'k':'v'}}", "one", false);
    ScaleFields scale = new ScaleFields("x/v1", Map.of("x/v1", "spec.replicas"));
    var entries = live.tree("metadata").list("managedFields");
    var ofScale = scale.toScale(entries);
    assertThat(Json.text(ofScale)).contains("\"apiVersion\":\"autoscaling/v1\"").contains("\"fieldsV1\":{\"f:spec\":{\"f:replicas\":{}}}");
    assertThat(scale.toWorkload(entries, ofScale)).isEqualTo(entries);
    assertThat(Json.text(scale.toWorkload(entries, List.of()))).doesNotContain("f:replicas");
  }

  @Test
  void reads_the_fields_that_it_writes() {
    Tree encoded =
        Json.readTree("{\"f:a\":{\".\":{},\"f:b\":{}},\"f:l\":{\"k:{\\\"n\\\":1,\\\"p\\\":\\\"TCP\\\"}\":{\".\":{},\"f:x\":{}},\"v:\\\"s\\\"\":{},\"i:3\":{}}}");
    assertThat(FieldSet.decoded(encoded).encoded()).isEqualTo(encoded);
    assertThat(FieldSet.decoded(encoded)).hasToString(".a\n.a.b\n.l[n=1,p=\"TCP\"]\n.l[=\"s\"]\n.l[3]\n.l[n=1,p=\"TCP\"].x");
  }
}
