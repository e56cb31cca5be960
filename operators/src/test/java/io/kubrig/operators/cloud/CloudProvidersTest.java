package io.kubrig.operators.cloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubrig.machinery.component.StartException;
import io.kubrig.operators.ControllerManagerOptions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CloudProvidersTest {
  private static final List<String> CONTROLLERS =
      List.of("service-lb-controller", "node-route-controller", "cloud-node-controller", "cloud-node-lifecycle-controller");

  private static Stream<String> served(String... flags) {
    return CONTROLLERS.stream().filter(name -> CloudProviders.serves(name, ControllerManagerOptions.parse(flags)));
  }

  @Test
  void without_a_provider_no_controller_of_clouds_runs() {
    assertThat(served()).isEmpty();
    assertThat(served("--cloud-provider=external")).isEmpty();
    assertThat(CloudProviders.serves("job-controller", ControllerManagerOptions.parse())).isTrue();
  }

  @Test
  void a_mere_pool_serves_services() {
    assertThat(served("--load-balancer-pool=192.0.2.0/28")).containsExactly("service-lb-controller");
    assertThat(served("--cloud-provider=bare-metal")).containsExactlyElementsOf(CONTROLLERS);
  }

  private static void check(String... flags) {
    CloudProviders.check(ControllerManagerOptions.parse(flags));
  }

  @Test
  void what_makes_no_sense_is_refused_at_the_start() {
    assertThatThrownBy(() -> check("--cloud-provider=aws")).isInstanceOf(StartException.class)
        .hasMessage("cloud provider \"aws\" was specified, but built-in cloud providers are disabled. Please set --cloud-provider=external "
            + "and migrate to an external cloud provider");
    assertThatThrownBy(() -> check("--load-balancer-pool=nowhere"))
        .hasMessage("the cloud provider bare-metal cannot be used: not an address: nowhere");
    assertThatThrownBy(() -> check("--cloud-provider=external", "--load-balancer-pool=192.0.2.1"))
        .hasMessageContaining("with external another program provides load balancers");
    assertThatThrownBy(() -> check("--cloud-provider=bare-metal", "--cloud-config=missing.yaml"))
        .hasMessageContaining("open missing.yaml: no such file or directory");
    assertThatThrownBy(() -> check("--cloud-provider=mine", "--cloud-provider-jars=missing.jar"))
        .hasMessage("--cloud-provider-jars: missing.jar cannot be read");
    assertThatCode(() -> check("--cloud-provider=bare-metal", "--load-balancer-pool=192.0.2.0/28")).doesNotThrowAnyException();
  }
}
