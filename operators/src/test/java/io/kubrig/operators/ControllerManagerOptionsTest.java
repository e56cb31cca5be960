package io.kubrig.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubrig.machinery.component.StartException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ControllerManagerOptionsTest {
  @Test
  void native_flags_are_understood() {
    ControllerManagerOptions options = ControllerManagerOptions.parse("--controllers=*,bootstrap-signer-controller,-job",
        "--use-service-account-credentials=false", "--node-monitor-grace-period=8s", "--node-eviction-rate=10", "--kube-api-qps=500",
        "--kube-api-burst=1000", "--feature-gates=StorageVersionMigrator=true,DRADeviceTaintRules=false", "--secure-port=0", "-v=2");
    assertThat(options.strings("controllers")).containsExactly("*", "bootstrap-signer-controller", "-job");
    assertThat(options.duration("node-monitor-grace-period")).isEqualTo(Duration.ofSeconds(8));
    assertThat(options.real("node-eviction-rate")).isEqualTo(10);
    assertThat(options.integer("kube-api-burst")).isEqualTo(1000);
    assertThat(options.feature("StorageVersionMigrator", false)).isTrue();
    assertThat(options.feature("DRADeviceTaintRules", true)).isFalse();
    assertThat(options.feature("Another", true)).isTrue();
  }

  @Test
  void controllers_are_chosen_by_name_and_alias() {
    ControllerDescriptor job = new ControllerDescriptor("job-controller", "job", "job-controller", true, "", context -> null);
    ControllerDescriptor signer =
        new ControllerDescriptor("bootstrap-signer-controller", "bootstrapsigner", "", false, "", context -> null);
    List<ControllerDescriptor> known = List.of(job, signer);
    assertThat(new ControllerSelection(List.of("*"), known).includes(job)).isTrue();
    assertThat(new ControllerSelection(List.of("*"), known).includes(signer)).isFalse();
    assertThat(new ControllerSelection(List.of("*", "-job"), known).includes(job)).isFalse();
    assertThat(new ControllerSelection(List.of("bootstrapsigner"), known).includes(signer)).isTrue();
    assertThatThrownBy(() -> new ControllerSelection(List.of("jobs"), known)).isInstanceOf(StartException.class)
        .hasMessage("\"jobs\" is not in the list of known controllers");
  }
}
