package io.kubrig.machinery.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubrig.machinery.json.Document;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.schema.DecodeException;
import io.kubrig.machinery.schema.Decoder;
import io.kubrig.machinery.schema.TestSchemas;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StrategicMergePatchTest {
  private static final String CONTAINERS =
      "{'spec':{'containers':[{'name':'c','image':'i','args':['p','q'],'ports':[{'containerPort':80},{'containerPort':81,'name':'x'}]},{'name':'d','image':'j'}]}}";

  private static String apply(String document, String patch) {
    return Json.text(
            StrategicMergePatch.apply(Json.readTree(document.replace('\'', '"')), Json.readTree(patch.replace('\'', '"')),
                TestSchemas.GADGET))
        .replace('"', '\'');
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'metadata':{'finalizers':['x/c','x/a']}}|{'metadata':{'finalizers':['x/c','x/a','x/b'],'labels':{'l':'m'}}}",
        "{'metadata':{'$deleteFromPrimitiveList/finalizers':['x/a']}}|{'metadata':{'finalizers':['x/b'],'labels':{'l':'m'}}}",
        "{'metadata':{'labels':{'$patch':'replace','q':'r'}}}|{'metadata':{'finalizers':['x/a','x/b'],'labels':{'q':'r'}}}",
        "{'metadata':{'labels':{'$patch':'delete'}}}|{'metadata':{'finalizers':['x/a','x/b'],'labels':{}}}",
        "{'metadata':{'labels':{'l':null,'n':null,'o':'p'}}}|{'metadata':{'finalizers':['x/a','x/b'],'labels':{'o':'p'}}}",
        "{'metadata':{'labels':null,'annotations':{'a':'b','c':null}}}|{'metadata':{'finalizers':['x/a','x/b'],'annotations':{'a':'b'}}}",
        "{'metadata':{'$setElementOrder/finalizers':['x/b','x/a']}}|{'metadata':{'finalizers':['x/b','x/a'],'labels':{'l':'m'}}}",
      })
  void merges_maps_and_lists_of_scalars(String patch, String result) {
    assertThat(apply("{'metadata':{'finalizers':['x/a','x/b'],'labels':{'l':'m'}}}", patch)).isEqualTo(result);
  }

  @Test
  void merges_lists_by_their_key() {
    assertThat(apply(CONTAINERS,
        "{'spec':{'containers':[{'name':'c','args':['z'],'ports':[{'containerPort':81,'name':'y'},{'containerPort':82}]}]}}"))
        .isEqualTo(
            "{'spec':{'containers':[{'name':'c','image':'i','args':['z'],'ports':[{'containerPort':80},{'containerPort':81,'name':'y'},{'containerPort':82}]},"
                + "{'name':'d','image':'j'}]}}");
    assertThat(apply(CONTAINERS, "{'spec':{'containers':[{'name':'e','image':'k'}]}}"))
        .startsWith("{'spec':{'containers':[{'name':'e','image':'k'},{'name':'c'");
    assertThat(apply(CONTAINERS, "{'spec':{'containers':[{'name':'c','$patch':'delete'}]}}"))
        .isEqualTo("{'spec':{'containers':[{'name':'d','image':'j'}]}}");
    assertThat(apply(CONTAINERS, "{'spec':{'containers':[{'$patch':'replace'},{'name':'z'}]}}"))
        .isEqualTo("{'spec':{'containers':[{'name':'z'}]}}");
  }

  @Test
  void an_element_whose_key_is_null_is_new() {
    assertThat(apply(CONTAINERS, "{'spec':{'containers':[{'name':null,'image':'k'}]}}")).contains("{'name':null,'image':'k'}");
    assertThatThrownBy(() -> apply(CONTAINERS, "{'spec':{'containers':[{'$patch':5}]}}")).hasMessageStartingWith(
        "unknown patch type: %!s(int64=5) in map: ");
  }

  @Test
  void follows_a_stated_order() {
    assertThat(
            apply(
                "{'spec':{'containers':[{'name':'c'},{'name':'d'},{'name':'s'}]}}",
                "{'spec':{'$setElementOrder/containers':[{'name':'d'},{'name':'e'},{'name':'c'}],'containers':[{'name':'e','image':'k'}]}}"))
        .isEqualTo("{'spec':{'containers':[{'name':'d'},{'name':'e','image':'k'},{'name':'c'},{'name':'s'}]}}");
  }

  @Test
  void keeps_only_the_keys_that_are_to_be_retained() {
    assertThat(apply("{'spec':{'strategy':{'type':'a','rollingUpdate':{'x':'1'}}}}",
        "{'spec':{'strategy':{'$retainKeys':['type'],'type':'b'}}}"))
        .isEqualTo("{'spec':{'strategy':{'type':'b'}}}");
    assertThatThrownBy(() -> apply("{'spec':{'strategy':{}}}", "{'spec':{'strategy':{'$retainKeys':['type'],'rollingUpdate':{}}}}"))
        .isInstanceOfSatisfying(PatchException.class, e -> assertThat(e.kind()).isEqualTo(PatchException.Kind.BAD_REQUEST));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'spec':{'containers':[{'name':'c','$patch':'foo'}]}}|unknown patch type: foo in map: map[$patch:foo name:c]",
        "{'spec':{'containers':[{'image':'x'}]}}|map: map[image:x] does not contain declared merge key: name",
        "{'spec':{'$patch':'foo'}}|unknown patch type: foo in map: map[$patch:foo]",
      })
  void complains_as_native(String patch, String message) {
    assertThatThrownBy(() -> apply(CONTAINERS, patch))
        .isInstanceOfSatisfying(PatchException.class, e -> assertThat(e.kind()).isEqualTo(PatchException.Kind.INTERNAL))
        .hasMessage(message);
  }

  @Test
  void an_order_that_leaves_out_an_element_of_the_patch_is_refused() {
    assertThatThrownBy(() -> apply(CONTAINERS, "{'spec':{'$setElementOrder/containers':[{'name':'d'}],'containers':[{'name':'e'}]}}"))
        .hasMessage("The order in patch list:\n[map[name:e]]\n doesn't match $setElementOrder list:\n[map[name:d]]\n");
  }

  @Test
  void a_result_of_the_wrong_type_is_refused_in_the_words_of_the_converter() {
    assertThatThrownBy(
            () -> new Decoder(TestSchemas.GADGET)
                .decode(Document.of(Json.readTree("{\"spec\":{\"replicas\":\"abc\"}}")), Decoder.Wording.UNSTRUCTURED))
        .isInstanceOf(DecodeException.class)
        .hasMessage("unrecognized type: int32");
  }
}
