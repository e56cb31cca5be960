package io.kubrig.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.machinery.fieldmanager.FieldManager;
import io.kubrig.machinery.fieldmanager.FieldManagerException;
import io.kubrig.machinery.fieldmanager.Versions;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.json.Limits;
import io.kubrig.machinery.patch.JsonPatch;
import io.kubrig.machinery.patch.MergePatch;
import io.kubrig.machinery.patch.PatchTree;
import io.kubrig.machinery.patch.StrategicMergePatch;
import io.kubrig.machinery.protobuf.Protobuf;
import io.kubrig.machinery.schema.Decoder;
import io.kubrig.machinery.schema.GroupVersionKind;
import io.kubrig.machinery.schema.Schema;
import io.kubrig.machinery.schema.SchemaCatalog;
import io.kubrig.machinery.tree.Tree;
import io.kubrig.machinery.yaml.Yaml;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What must be so for any object of any kind, whatever is in it. */
class MetamorphicTest {
  private static final SchemaCatalog CATALOG = KubernetesSchemas.load();
  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");

  private final long seed = Long.getLong("seed", System.nanoTime());

  /** What is tried with two random objects of a kind. */
  private interface Relation {
    void check(GroupVersionKind kind, Schema schema, Tree one, Tree other);
  }

  private void forEveryKind(Relation relation) {
    System.out.println("MetamorphicTest -Dseed=" + seed);
    RandomTrees trees = new RandomTrees(new Random(seed));
    int kinds = 0;
    for (Map.Entry<GroupVersionKind, Schema> entry : CATALOG.kinds().entrySet().stream()
        .sorted(Comparator.comparing(kind -> kind.getKey().toString())).toList()) {
      if (entry.getValue().fields().containsKey("metadata")) {
        relation.check(entry.getKey(), entry.getValue(), object(trees, entry.getKey(), entry.getValue()),
            object(trees, entry.getKey(), entry.getValue()));
        kinds++;
      }
    }
    assertThat(kinds).isGreaterThan(100);
  }

  private static Tree object(RandomTrees trees, GroupVersionKind kind, Schema schema) {
    Tree object = Tree.of("kind", kind.kind(), "apiVersion", kind.apiVersion());
    trees.object(schema, 0).forEach(object::set);
    object.set("metadata", Tree.of("name", "a", "namespace", "n", "labels", Tree.of("l", "m")));
    return new Decoder(schema).normalise(object);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void an_object_is_the_same_in_json_yaml_and_protobuf() {
    forEveryKind(
        (kind, schema, object, other) -> {
          String json = Json.text(object);
          assertThat(Json.text(Json.read(utf8(json), Limits.REQUEST))).as("%s as JSON, seed %d", kind, seed).isEqualTo(json);
          Object fromYaml = Yaml.readDocument(utf8(Yaml.write(Json.read(json))), Limits.REQUEST).value();
          assertThat(fromYaml).as("%s as YAML, seed %d", kind, seed).isEqualTo(Json.read(json));
          Tree fromProtobuf = Protobuf.decode(schema, Protobuf.open(Protobuf.encode(schema, kind, object)));
          assertThat(Json.text(new Decoder(schema).normalise(fromProtobuf))).as("%s as protobuf, seed %d", kind, seed).isEqualTo(json);
        });
  }

  @Test
  void a_patch_made_of_a_difference_makes_the_other_object() {
    forEveryKind(
        (kind, schema, one, other) -> {
          Tree target = (Tree) Json.read(Json.text(withoutNulls(other)));
          Tree merged = one.copy();
          MergePatch.apply(merged, PatchTree.readMerge(Json.write(difference(one, target))).tree());
          assertThat(merged).as("%s merged, seed %d", kind, seed).isEqualTo(target);
          Tree replacement = Tree.of("op", "replace", "path", "", "value", target);
          Tree patched = JsonPatch.read(Json.write(List.of(replacement))).apply(one.copy());
          assertThat(patched).as("%s patched, seed %d", kind, seed).isEqualTo(target);
          assertThat(JsonPatch.read(utf8("[]")).apply(one.copy())).isEqualTo(one);
        });
  }

  private static Object withoutNulls(Object value) {
    if (value instanceof Tree tree) {
      Tree out = new Tree();
      tree.forEach((name, member) -> {
        if (member != null) {
          out.set(name, withoutNulls(member));
        }
      });
      return out;
    }
    return value instanceof List<?> list ? list.stream().filter(Objects::nonNull).map(MetamorphicTest::withoutNulls).toList() : value;
  }

  /** The merge patch that leads from one object to another without nulls. */
  private static Tree difference(Tree from, Tree to) {
    Tree patch = new Tree();
    from.forEach((name, value) -> {
      if (!to.has(name)) {
        patch.set(name, null);
      }
    });
    to.forEach((name, value) -> {
      if (from.get(name) instanceof Tree before && value instanceof Tree after) {
        patch.set(name, difference(before, after));
      } else if (!value.equals(from.get(name))) {
        patch.set(name, value);
      }
    });
    return patch;
  }

  @Test
  void a_patch_of_nothing_and_a_patch_applied_twice_change_nothing_more() {
    forEveryKind(
        (kind, schema, one, other) -> {
          assertThat(StrategicMergePatch.apply(one.copy(), new Tree(), schema)).as("%s, seed %d", kind, seed).isEqualTo(one);
          Tree labels = Tree.of("metadata", Tree.of("labels", Tree.of("x", "y", "l", null), "finalizers", List.of("f", "g")));
          Tree once = StrategicMergePatch.apply(one.copy(), labels.copy(), schema);
          assertThat(StrategicMergePatch.apply(once.copy(), labels.copy(), schema)).as("%s, seed %d", kind, seed).isEqualTo(once);
          assertThat(once.tree("metadata").tree("labels")).isEqualTo(Tree.of("x", "y"));
        });
  }

  @Test
  void an_intent_applied_twice_is_applied_once_and_owns_what_it_says() {
    int[] applied = new int[1];
    forEveryKind(
        (kind, schema, intent, other) -> {
          FieldManager manager = FieldManager.builtIn(kind, "", Versions.single(kind.apiVersion(), schema), Map.of());
          Tree live = Tree.of("kind", kind.kind(), "apiVersion", kind.apiVersion(), "metadata",
              Tree.of("name", "a", "namespace", "n", "uid", "u"));
          Tree config = (Tree) withoutNulls(intent);
          Decoder decoder = new Decoder(schema);
          Tree once;
          try {
            once = decoder.normalise(manager.apply(decoder.normalise(live.copy()), config.copy(), "m", true, NOW));
          } catch (FieldManagerException repeatedKeys) {
            return; // random lists of maps may name an element twice
          }
          Tree twice = decoder.normalise(manager.apply(once.copy(), config.copy(), "m", true, NOW.plusSeconds(5)));
          assertThat(Json.text(FieldManager.keepTimesIfNothingChanged(once, twice))).as("%s, seed %d", kind, seed)
              .isEqualTo(Json.text(once));
          applied[0]++;
        });
    assertThat(applied[0]).isGreaterThan(80);
  }
}
