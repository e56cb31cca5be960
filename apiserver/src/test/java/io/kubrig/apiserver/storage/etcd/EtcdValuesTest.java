package io.kubrig.apiserver.storage.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.tree.Tree;
import io.kubrig.schemas.KubernetesSchemas;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class EtcdValuesTest {
  private final EtcdValues values = new EtcdValues(KubernetesSchemas.load(), EtcdValues.Encoding.PROTOBUF);

  private Tree kept(String json) {
    return Json.readTree(values.decode(values.encode(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8))));
  }

  @Test
  void a_claim_that_native_has_just_made_is_pending() {
    Tree claim = kept("{'kind':'PersistentVolumeClaim','apiVersion':'v1','metadata':{'name':'a'},'spec':{},'status':{}}");
    assertThat(claim.tree("status").string("phase")).isEqualTo("Pending");
  }

  @Test
  void a_job_without_labels_has_those_of_its_pods() {
    Tree job =
        kept("{'kind':'Job','apiVersion':'batch/v1','metadata':{'name':'a'},'spec':{'template':{'metadata':{'labels':{'job-name':'a'}}}}}");
    assertThat(job.tree("metadata").stringMap("labels")).containsEntry("job-name", "a");
  }

  @Test
  void claim_templates_say_what_they_are() {
    Tree set =
        kept("{'kind':'StatefulSet','apiVersion':'apps/v1','metadata':{'name':'a'},"
            + "'spec':{'volumeClaimTemplates':[{'metadata':{'name':'c'}}]}}");
    Tree template = set.tree("spec").trees("volumeClaimTemplates").getFirst();
    assertThat(template.string("kind")).isEqualTo("PersistentVolumeClaim");
    assertThat(template.string("apiVersion")).isEqualTo("v1");
  }

  @Test
  void the_allocation_of_node_ports_is_protobuf() {
    byte[] kept =
        values.encode("{\"kind\":\"RangeAllocation\",\"apiVersion\":\"v1\",\"metadata\":{},\"range\":\"30000-32767\",\"data\":\"AQ==\"}"
            .getBytes(StandardCharsets.UTF_8));
    assertThat(new String(kept, StandardCharsets.ISO_8859_1)).startsWith("k8s\0").contains("30000-32767\u001a\u0001\u0001");
  }
}
