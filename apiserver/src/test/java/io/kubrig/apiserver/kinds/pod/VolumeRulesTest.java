package io.kubrig.apiserver.kinds.pod;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VolumeRulesTest {

  private static List<String> wrong(String volume) {
    return Specs.wrong(Specs.pod("'volumes':[" + volume + "]"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'name':'v','emptyDir':{},'hostPath':{'path':'/a'}} | spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume "
            + "type",
        "{'name':'v','cephfs':{'monitors':['a']},'emptyDir':{}} | spec.volumes[0].cephFS: Forbidden: may not specify more than 1 volume "
            + "type",
        "{'name':'v','nfs':{'server':'s','path':'a'}} | spec.volumes[0].nfs.path: Invalid value: \"a\": must be an absolute path",
        "{'name':'v','hostPath':{'path':'/a','type':'X'}} | spec.volumes[0].hostPath.type: Unsupported value: \"X\": supported values: "
            + "\"\","
            + " \"BlockDevice\", \"CharDevice\", \"Directory\", \"DirectoryOrCreate\", \"File\", \"FileOrCreate\", \"Socket\"",
        "{'name':'v','iscsi':{'targetPortal':'p','iqn':'x','lun':0}} | spec.volumes[0].iscsi.iqn: Invalid value: \"x\": must be valid "
            + "format"
            + " starting with iqn, eui, or naa",
        "{'name':'v','flexVolume':{'driver':'d','options':{'a.k8s.io/b':'c'}}} | spec.volumes[0].flexVolume.options[a.k8s.io/b]: "
            + "Invalid value:"
            + " \"a.k8s.io/b\": kubernetes.io and k8s.io namespaces are reserved",
        "{'name':'v','quobyte':{'registry':'r','volume':'v'}} | spec.volumes[0].quobyte.registry: Invalid value: \"r\": must be a "
            + "host:port pair or"
            + " multiple pairs separated by commas",
        "{'name':'v','cinder':{'volumeID':'i','secretRef':{}}} | spec.volumes[0].cinder.secretRef.name: Required value",
      })
  void says_what_is_wrong_with_a_volume(String volume, String complaint) {
    assertThat(wrong(volume)).containsExactly(complaint);
  }

  @Test
  void a_claim_made_for_a_pod_has_labels_and_annotations_only() {
    assertThat(
            wrong(
                "{'name':'v','ephemeral':{'volumeClaimTemplate':{'metadata':{'name':'n','uid':'u'},'spec':{'accessModes':['ReadWriteOnce'],"
                    + "'resources':{'requests':{'storage':'1Gi'}}}}}}"))
        .containsExactly(
            "spec.volumes[0].ephemeral.volumeClaimTemplate.metadata.name: Forbidden: cannot be set",
            "spec.volumes[0].ephemeral.volumeClaimTemplate.metadata.uID: Forbidden: cannot be set");
  }

  @Test
  void sources_of_persistent_volumes_say_in_which_namespace_their_secrets_are() {
    FieldErrors errors = new FieldErrors();
    StorageSources.inVolume("csi", Specs.tree("{'driver':'d','nodePublishSecretRef':{'name':'s'}}"), "v", FieldPath.of("spec", "csi"),
        errors);
    StorageSources.inVolume("gcePersistentDisk", Specs.tree("{'partition':300}"), "v", FieldPath.of("spec", "gcePersistentDisk"), errors);
    assertThat(errors.causes().stream().map(cause -> cause.field()))
        .containsExactly(
            "spec.csi.volumeHandle", "spec.csi.nodePublishSecretRef.namespace", "spec.persistentDisk.pdName",
                "spec.persistentDisk.partition");
  }

  @Test
  void a_claim_cannot_be_filled_from_anything_in_the_core_group_but_a_claim() {
    FieldErrors errors = new FieldErrors();
    ClaimRules.spec(
        Specs.tree(
            "{'accessModes':['ReadWriteOnce'],'resources':{'requests':{'storage':'1'}},'dataSource':{'kind':'Pod','name':'p'},"
                + "'dataSourceRef':{'kind':'PersistentVolumeClaim','name':'p','namespace':'n'}}"),
        FieldPath.of("spec"),
        errors);
    assertThat(errors.causes().stream().map(cause -> cause.field() + ": " + cause.message()))
        .containsExactly(
            "spec.dataSource: Invalid value: \"Pod\": must be 'PersistentVolumeClaim' when referencing the default apiGroup",
            "spec: Invalid value: {}: may not be specified when dataSourceRef.namespace is specified");
  }
}
