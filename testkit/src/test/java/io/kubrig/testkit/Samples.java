package io.kubrig.testkit;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.CronJobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.util.Map;

/** Objects that tests begin with. All live in the namespace default. */
final class Samples {
  private Samples() {}

  static ConfigMap config(String name, String value) {
    return new ConfigMapBuilder().withNewMetadata().withName(name).withNamespace("default").endMetadata().addToData("k", value).build();
  }

  static PodTemplateSpec template(String app, String restartPolicy, Map<String, String> annotations) {
    return new PodTemplateSpecBuilder()
        .withNewMetadata()
        .addToLabels("app", app)
        .withAnnotations(annotations)
        .endMetadata()
        .withNewSpec()
        .withRestartPolicy(restartPolicy)
        .addNewContainer()
        .withName("c")
        .withImage("example.com/none")
        .endContainer()
        .endSpec()
        .build();
  }

  static Deployment deployment(String name, int replicas) {
    return new DeploymentBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace("default")
        .endMetadata()
        .withNewSpec()
        .withReplicas(replicas)
        .withNewSelector()
        .addToMatchLabels("app", name)
        .endSelector()
        .withTemplate(template(name, "Always", Map.of()))
        .endSpec()
        .build();
  }

  /** A job whose pod exits with a code after a time. */
  static Job job(String name, String after, int code) {
    return new JobBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace("default")
        .endMetadata()
        .withNewSpec()
        .withTemplate(template(name, "Never", exits(after, code)))
        .endSpec()
        .build();
  }

  static CronJob cronJob(String name, String schedule, String after) {
    return new CronJobBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace("default")
        .endMetadata()
        .withNewSpec()
        .withSchedule(schedule)
        .withSuccessfulJobsHistoryLimit(20)
        .withNewJobTemplate()
        .withNewSpec()
        .withTemplate(template(name, "Never", exits(after, 0)))
        .endSpec()
        .endJobTemplate()
        .endSpec()
        .build();
  }

  private static Map<String, String> exits(String after, int code) {
    return Map.of("simulated.kubrig.io/exit-after", after, "simulated.kubrig.io/exit-code", Integer.toString(code));
  }

  static Pod pod(String name) {
    return new PodBuilder().withNewMetadata().withName(name).withNamespace("default").endMetadata().withNewSpec()
        .addNewContainer().withName("main").withImage("image").endContainer().endSpec().build();
  }
}
