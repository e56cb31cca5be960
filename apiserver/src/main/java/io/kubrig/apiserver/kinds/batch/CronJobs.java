package io.kubrig.apiserver.kinds.batch;

import io.kubrig.apiserver.kinds.pod.PodDefaults;
import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.apiserver.table.WorkloadTables;
import io.kubrig.machinery.tree.Tree;

/** The kind CronJob. (Source: registry/batch/cronjob/strategy.go of native.) */
public final class CronJobs implements Kind {

  @Override
  public void applyDefaults(Tree object, String version) {
    Tree spec = object.need("spec");
    if (spec.string("concurrencyPolicy").isEmpty()) {
      spec.set("concurrencyPolicy", "Allow");
    }
    spec.fill("suspend", false);
    spec.fill("successfulJobsHistoryLimit", 3L);
    spec.fill("failedJobsHistoryLimit", 1L);
    PodDefaults.ofTemplateIn(spec.need("jobTemplate").need("spec"));
  }

  @Override
  public boolean hasStatus() {
    return true;
  }

  @Override
  public TableColumns columns() {
    return WorkloadTables.CRON_JOBS;
  }
}
