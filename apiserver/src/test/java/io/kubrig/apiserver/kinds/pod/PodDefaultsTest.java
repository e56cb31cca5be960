package io.kubrig.apiserver.kinds.pod;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.machinery.tree.Tree;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodDefaultsTest {

  @Test
  void fills_what_a_minimal_pod_leaves_out() {
    assertThat(Specs.pod(""))
        .isEqualTo(
            Specs.tree(
                "{'containers':[{'name':'c','image':'i','terminationMessagePath':'/dev/termination-log','terminationMessagePolicy':'File',"
                    + "'imagePullPolicy':'Always'}],'restartPolicy':'Always','terminationGracePeriodSeconds':30,'dnsPolicy':'ClusterFirst',"
                    + "'securityContext':{},'schedulerName':'default-scheduler','enableServiceLinks':true}"));
  }

  @Test
  void changes_nothing_the_second_time() {
    Tree once = Specs.container("'resources':{'limits':{'cpu':'1500m','memory':'1Gi'}},'livenessProbe':{'httpGet':{'port':1}}");
    Tree twice = once.copy();
    PodDefaults.pod(twice);
    assertThat(twice).isEqualTo(once);
  }

  @Test
  void takes_requests_from_limits_in_pods_but_not_in_templates() {
    String spec = "{'containers':[{'name':'c','resources':{'limits':{'cpu':'2','memory':'1Gi'},'requests':{'cpu':'1'}}}]}";
    Tree pod = Specs.tree(spec);
    PodDefaults.pod(pod);
    assertThat(pod.trees("containers").getFirst().at("resources", "requests")).isEqualTo(Tree.of("cpu", "1", "memory", "1Gi"));
    Tree template = Specs.tree(spec);
    PodDefaults.template(template);
    assertThat(template.trees("containers").getFirst().at("resources", "requests")).isEqualTo(Tree.of("cpu", "1"));
  }

  @Test
  void rounds_amounts_up_to_thousandths() {
    Tree spec = Specs.container("'resources':{'requests':{'cpu':'100u'}}");
    assertThat(spec.trees("containers").getFirst().at("resources", "requests").string("cpu")).isEqualTo("1m");
  }

  @Test
  void gives_host_ports_to_pods_on_the_network_of_the_host() {
    Tree spec = Specs.pod("'hostNetwork':true,'containers':[{'name':'c','image':'i','ports':[{'containerPort':80}]}]");
    assertThat(spec.trees("containers").getFirst().trees("ports").getFirst().integer("hostPort")).isEqualTo(80);
  }

  @Test
  void tells_the_service_account_under_both_names() {
    Tree spec = Specs.pod("'serviceAccount':'a'");
    assertThat(spec.string("serviceAccountName")).isEqualTo("a");
    Tree both = Specs.pod("'serviceAccount':'a','serviceAccountName':'b'");
    assertThat(both.string("serviceAccount")).isEqualTo("b");
  }

  @Test
  void makes_a_volume_without_source_an_empty_directory() {
    Tree spec = Specs.pod("'volumes':[{'name':'v'},{'name':'s','secret':{'secretName':'x'}}]");
    assertThat(spec.trees("volumes").getFirst()).isEqualTo(Tree.of("name", "v", "emptyDir", new Tree()));
    assertThat(spec.trees("volumes").getLast().tree("secret").integer("defaultMode")).isEqualTo(0644);
  }

  @Test
  void asks_for_the_pod_as_a_whole_what_its_containers_ask_for() {
    Tree spec =
        Specs.pod(
            "'resources':{'limits':{'cpu':'4','memory':'1Gi'}},"
                + "'containers':[{'name':'c','resources':{'requests':{'cpu':'1'}}},{'name':'d','resources':{'requests':{'cpu':'500m'}}}]");
    assertThat(spec.tree("resources").tree("requests")).isEqualTo(Tree.of("cpu", "1500m", "memory", "1Gi"));
  }

  @ParameterizedTest
  @CsvSource({
    "i, Always",
    "i:latest, Always",
    "i:1, IfNotPresent",
    "registry:5000/i, Always",
    "registry:5000/i:2, IfNotPresent",
    "i@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef, IfNotPresent",
    "i:latest@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef, Always",
    "Not/An/Image, IfNotPresent"
  })
  void pulls_the_latest_always(String image, String policy) {
    assertThat(ImageReference.pullPolicy(image)).isEqualTo(policy);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'resources':{} | BestEffort",
        "'resources':{'requests':{'cpu':'1'}} | Burstable",
        "'resources':{'limits':{'cpu':'1'}} | Burstable",
        "'resources':{'limits':{'cpu':'1','memory':'1Gi'}} | Guaranteed",
        "'resources':{'limits':{'cpu':'1','memory':'1Gi'},'requests':{'cpu':'500m','memory':'1Gi'}} | Burstable",
        "'resources':{'limits':{'example.com/x':'1'}} | BestEffort"
      })
  void classes_pods_by_what_they_ask_for(String members, String qosClass) {
    assertThat(PodResources.qosClass(Specs.container(members.strip()))).isEqualTo(qosClass);
  }
}
