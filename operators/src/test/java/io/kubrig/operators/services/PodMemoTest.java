package io.kubrig.operators.services;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.kubrig.operators.engine.Key;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class PodMemoTest {
  private final PodMemo<String> memo = new PodMemo<>();
  private final List<String> made = new ArrayList<>();
  private final Service service = service();
  private String zone = "a";

  private static Service service() {
    return new ServiceBuilder().withNewMetadata().withNamespace("ns").withName("web").endMetadata().build();
  }

  private static Pod pod(String name) {
    return new PodBuilder().withNewMetadata().withNamespace("ns").withName(name).endMetadata().build();
  }

  private List<String> look(Service at, Pod... pods) {
    made.clear();
    Function<Pod, String> make = pod -> {
      made.add(pod.getMetadata().getName());
      return pod.getMetadata().getName() + "@" + zone;
    };
    return memo.of(at, List.of(pods), pod -> zone, make);
  }

  @Test
  void makes_anew_only_what_another_pod_object_stands_for() {
    Pod a = pod("a");
    assertThat(look(service, a, pod("b"))).containsExactly("a@a", "b@a");
    assertThat(look(service, a, pod("b"), pod("c"))).containsExactly("a@a", "b@a", "c@a");
    assertThat(made).containsExactly("b", "c");
  }

  @Test
  void makes_all_anew_when_the_service_or_what_is_around_changed() {
    Pod a = pod("a");
    look(service, a);
    zone = "b";
    assertThat(look(service, a)).containsExactly("a@b");
    assertThat(made).containsExactly("a");
    look(service(), a);
    assertThat(made).containsExactly("a");
  }

  @Test
  void keeps_nothing_of_pods_that_left_and_of_services_that_went() {
    Pod a = pod("a");
    look(service, a);
    look(service);
    look(service, a);
    assertThat(made).containsExactly("a");
    memo.forget(Key.of(service));
    look(service, a);
    assertThat(made).containsExactly("a");
  }
}
