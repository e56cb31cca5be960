package io.kubrig.operators.resourcequota;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import io.kubrig.machinery.quantity.Quantity;
import io.kubrig.operators.engine.Objects;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DeviceUsageTest {
  private static Map<String, Quantity> usage(String requests) {
    return DeviceUsage.of(Objects.parse("{\"spec\": {\"devices\": {\"requests\": " + requests + "}}}", ResourceClaim.class));
  }

  @Test
  void devices_are_counted_by_class() {
    assertThat(usage("""
        [{"name": "a", "exactly": {"deviceClassName": "gpu", "allocationMode": "ExactCount", "count": 2}},
         {"name": "b", "exactly": {"deviceClassName": "gpu", "allocationMode": "ExactCount", "count": 1}},
         {"name": "c", "exactly": {"deviceClassName": "nic", "allocationMode": "All"}}]
        """)).isEqualTo(Map.of("gpu.deviceclass.resource.k8s.io/devices", Quantity.of(3),
            "nic.deviceclass.resource.k8s.io/devices", Quantity.of(32)));
  }

  @Test
  void of_alternatives_the_greatest_counts() {
    assertThat(usage("""
        [{"name": "a", "firstAvailable": [
          {"name": "x", "deviceClassName": "gpu", "allocationMode": "ExactCount", "count": 2},
          {"name": "y", "deviceClassName": "gpu", "allocationMode": "ExactCount", "count": 5},
          {"name": "z", "deviceClassName": "nic", "allocationMode": "ExactCount", "count": 1}]}]
        """)).isEqualTo(Map.of("gpu.deviceclass.resource.k8s.io/devices", Quantity.of(5),
            "nic.deviceclass.resource.k8s.io/devices", Quantity.of(1)));
  }

  @Test
  void a_claim_of_nothing_takes_nothing() {
    assertThat(DeviceUsage.of(new ResourceClaim())).isEmpty();
    assertThat(DeviceUsage.covers("gpu.deviceclass.resource.k8s.io/devices")).isTrue();
    assertThat(DeviceUsage.covers("pods")).isFalse();
  }
}
