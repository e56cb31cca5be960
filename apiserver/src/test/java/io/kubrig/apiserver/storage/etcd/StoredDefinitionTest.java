package io.kubrig.apiserver.storage.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.tree.Tree;
import org.junit.jupiter.api.Test;

/** Both forms as kube-apiserver 1.36.2 serves and keeps them. */
class StoredDefinitionTest {
  private static Tree read(String json) {
    return Json.readTree(json.replace('\'', '"'));
  }

  private static Tree definition(String version, String spec) {
    return read(
        "{'kind':'CustomResourceDefinition','apiVersion':'apiextensions.k8s.io/" + version + "',"
            + "'metadata':{'name':'foos.example.com'},'spec':" + spec + ",'status':{'storedVersions':['v1']}}");
  }

  private static final String NAMES = "'names':{'plural':'foos','singular':'foo','kind':'Foo','listKind':'FooList'},'scope':'Namespaced'";

  @Test
  void what_all_versions_share_is_at_the_top() {
    Tree served =
        definition(
            "v1",
            "{'group':'example.com'," + NAMES + ",'versions':[{'name':'v1','served':true,'storage':true,"
                + "'schema':{'openAPIV3Schema':{'type':'object'}},'subresources':{'status':{}},"
                + "'additionalPrinterColumns':[{'name':'A','type':'string','jsonPath':'.spec.a'}]}],'conversion':{'strategy':'None'}}");
    Tree stored =
        definition(
            "v1beta1",
            "{'group':'example.com','version':'v1'," + NAMES + ",'validation':{'openAPIV3Schema':{'type':'object'}},"
                + "'subresources':{'status':{}},'versions':[{'name':'v1','served':true,'storage':true}],"
                + "'additionalPrinterColumns':[{'name':'A','type':'string','JSONPath':'.spec.a'}],"
                + "'conversion':{'strategy':'None'},'preserveUnknownFields':false}");
    assertThat(StoredDefinition.stored(served)).isEqualTo(stored);
    assertThat(StoredDefinition.served(stored)).isEqualTo(served);
  }

  @Test
  void what_versions_differ_in_stays_with_them() {
    Tree served =
        definition(
            "v1",
            "{'group':'example.com'," + NAMES + ",'versions':["
                + "{'name':'v1','served':true,'storage':true,'schema':{'openAPIV3Schema':{'type':'object'}},"
                + "'additionalPrinterColumns':[{'name':'A','type':'string','jsonPath':'.a'}]},"
                + "{'name':'v2','served':true,'storage':false,'schema':{'openAPIV3Schema':{'type':'object','nullable':true}}}],"
                + "'conversion':{'strategy':'Webhook','webhook':{'clientConfig':{'url':'https://h'},'conversionReviewVersions':['v1']}}}");
    Tree stored = StoredDefinition.stored(served);
    Tree spec = stored.tree("spec");
    assertThat(spec.has("validation")).isFalse();
    assertThat(spec.trees("versions").getFirst().trees("additionalPrinterColumns").getFirst().string("JSONPath")).isEqualTo(".a");
    assertThat(spec.tree("conversion"))
        .isEqualTo(read("{'strategy':'Webhook','webhookClientConfig':{'url':'https://h'},'conversionReviewVersions':['v1']}"));
    assertThat(StoredDefinition.served(stored)).isEqualTo(served);
  }

  @Test
  void what_an_old_server_left_out_is_filled_in() {
    Tree stored =
        read(
            "{'kind':'CustomResourceDefinition','apiVersion':'apiextensions.k8s.io/v1beta1','metadata':{'name':'foos.example.com'},"
                + "'spec':{'group':'example.com','version':'v1','names':{'plural':'foos','kind':'Foo'}}}");
    Tree served = StoredDefinition.served(stored);
    assertThat(served.tree("spec"))
        .isEqualTo(
            read("{'group':'example.com'," + NAMES + ",'versions':[{'name':'v1','served':true,'storage':true}],"
                + "'conversion':{'strategy':'None'},'preserveUnknownFields':true}"));
    assertThat(served.tree("status").strings("storedVersions")).containsExactly("v1");
  }
}
