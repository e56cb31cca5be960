package io.kubrig.apiserver.kinds.pod;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.machinery.tree.Tree;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodWarningsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'nodeSelector':{'beta.kubernetes.io/os':'linux'} | spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use"
            + " \"kubernetes.io/os\" instead",
        "'hostAliases':[{'ip':'1.1.1.1'},{'ip':'1.1.1.1'}] | spec.hostAliases[1].ip: duplicate ip \"1.1.1.1\"",
        "'terminationGracePeriodSeconds':-1 | spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be "
            + "treated as 1",
        "'volumes':[{'name':'v','projected':{'sources':[{}]}}] | volume \"v\" (Projected) has no sources provided",
        "'volumes':[{'name':'v','secret':{'secretName':'s','items':[{'key':'k','path':'a'},{'key':'l','path':'a/b'}]}}] | volume \"v\" "
            + "(Secret \"s\"):"
            + " overlapping paths: \"a/b\" with \"a\"",
        "'containers':[{'name':'c','ports':[{'containerPort':80,'protocol':'TCP','hostPort':1},{'containerPort':80,'protocol':'TCP'}]}] |"
            + " spec.containers[0].ports[1]: overlapping port definition with spec.containers[0].ports[0]"
      })
  void warns_of_what_is_deprecated_or_contradicts_itself(String members, String warning) {
    Tree pod = Tree.of("metadata", Tree.of("name", "a"), "spec", Specs.pod(members.strip()));
    assertThat(PodWarnings.ofPod(pod)).containsExactly(warning.strip());
  }
}
