package io.kubrig.apiserver.kinds.pod;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.machinery.tree.Tree;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The addresses in the status of a pod, in the singular and in the plural. */
class PodAddressesTest {

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
    "'podIP':'10.0.0.1' | 10.0.0.1 | 10.0.0.1",
    "'podIPs':[{'ip':'10.0.0.2'}] | 10.0.0.2 | 10.0.0.2",
    "'podIP':'10.0.0.1','podIPs':[{'ip':'10.0.0.1'},{'ip':'fd00::1'}] | 10.0.0.1 | 10.0.0.1 fd00::1",
    "'podIP':'10.0.0.1','podIPs':[{'ip':'10.0.0.2'},{'ip':'fd00::1'}] | 10.0.0.1 | 10.0.0.1",
  })
  void the_singular_wins_where_they_differ(String members, String one, String all) {
    Tree pod = Specs.tree("{'spec':{'containers':[{'name':'c'}]},'status':{" + members + "}}");
    new Pods(true).applyDefaults(pod, "v1");
    Tree status = pod.tree("status");
    assertThat(status.string("podIP")).isEqualTo(one);
    assertThat(status.trees("podIPs")).extracting(address -> address.string("ip")).containsExactly(all.split(" "));
  }

  @Test
  void the_first_address_of_the_host_is_its_address() {
    FieldErrors errors = new FieldErrors();
    AddressRules.pod(Specs.tree("{'hostIP':'10.0.0.1','hostIPs':[{'ip':'10.0.0.2'}]}"), errors);
    assertThat(errors.causes())
        .extracting(cause -> cause.field() + ": " + cause.message())
        .containsExactly("status.hostIPs[0].ip: Invalid value: \"10.0.0.2\": must be equal to `hostIP`");
  }

  @Test
  void a_bound_pod_is_nominated_no_more() {
    Tree old = Specs.tree("{'spec':{'nodeName':'n','containers':[{'name':'c'}]},'status':{}}");
    FieldErrors errors = new FieldErrors();
    PodUpdateRules.status(Specs.tree("{'spec':{'nodeName':'n','containers':[{'name':'c'}]},'status':{'nominatedNodeName':'m'}}"), old, errors);
    assertThat(errors.causes())
        .extracting(cause -> cause.field() + ": " + cause.message())
        .containsExactly("status.nominatedNodeName: Forbidden: may not be set on pods that are already bound to a node");
  }
}
