package io.kubrig.apiserver.kinds.autoscaling;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.tree.Tree;
import org.junit.jupiter.api.Test;

class AutoscalerFormsTest {

  @Test
  void an_autoscaler_survives_the_way_through_the_first_version() {
    Tree object =
        Json.readTree(
            """
            {"kind":"HorizontalPodAutoscaler","apiVersion":"autoscaling/v2","metadata":{"name":"a"},"spec":{
             "scaleTargetRef":{"kind":"Deployment","name":"x","apiVersion":"apps/v1"},"minReplicas":2,"maxReplicas":9,
             "metrics":[
              {"type":"Resource","resource":{"name":"memory","target":{"type":"AverageValue","averageValue":"1Gi"}}},
              {"type":"Pods","pods":{"metric":{"name":"m"},"target":{"type":"AverageValue","averageValue":"10"}}},
              {"type":"External","external":{"metric":{"name":"e","selector":{"matchLabels":{"a":"b"}}},"target":{"type":"Value","value":"7"}}},
              {"type":"Resource","resource":{"name":"cpu","target":{"type":"Utilization","averageUtilization":50}}}],
             "behavior":{"scaleDown":{"selectPolicy":"Min","policies":[{"type":"Pods","value":1,"periodSeconds":60}]}}},
             "status":{"currentReplicas":3,"desiredReplicas":4,"currentMetrics":[
              {"type":"Resource","resource":{"name":"cpu","current":{"averageUtilization":20,"averageValue":"100m"}}}],
              "conditions":[{"type":"AbleToScale","status":"True","lastTransitionTime":"2024-01-01T00:00:00Z"}]}}
            """);
    Tree first = AutoscalerForms.convert(object.copy(), "autoscaling/v2", "autoscaling/v1");
    assertThat(first.tree("spec").integer("targetCPUUtilizationPercentage")).isEqualTo(50);
    assertThat(first.tree("status").integer("currentCPUUtilizationPercentage")).isEqualTo(20);
    assertThat(AutoscalerForms.convert(first, "autoscaling/v1", "autoscaling/v2")).isEqualTo(object);
  }
}
