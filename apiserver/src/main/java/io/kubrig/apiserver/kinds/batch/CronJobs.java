package io.kubrig.apiserver.kinds.batch;

import io.kubrig.apiserver.kinds.pod.Checks;
import io.kubrig.apiserver.kinds.pod.DisabledFields;
import io.kubrig.apiserver.kinds.pod.PodDefaults;
import io.kubrig.apiserver.kinds.pod.PodWarnings;
import io.kubrig.apiserver.kinds.pod.Scope;
import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.apiserver.table.WorkloadTables;
import io.kubrig.machinery.tree.Tree;
import java.time.zone.ZoneRulesProvider;
import java.util.ArrayList;
import java.util.List;

/** The kind CronJob. (Source: registry/batch/cronjob/strategy.go of native.) */
public final class CronJobs implements Kind {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final int MAX_NAME = 52;

  private final Scope scope;

  /** @param allowPrivileged whether containers may be privileged */
  public CronJobs(boolean allowPrivileged) {
    scope = new Scope(false, allowPrivileged);
  }

  @Override
  public MetadataRepeat metadataRepeat() {
    return MetadataRepeat.CHANGE;
  }

  @Override
  public MetadataRepeat statusMetadataRepeat() {
    return MetadataRepeat.NONE;
  }

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
  public void prepareForCreate(Tree object, Operation operation) {
    DisabledFields.dropFromTemplate(object.tree("spec").at("jobTemplate", "spec", "template"), Tree.empty());
  }

  @Override
  public void prepareForUpdate(Tree object, Tree old, Operation operation) {
    DisabledFields.dropFromTemplate(object.tree("spec").at("jobTemplate", "spec", "template"),
        old.tree("spec").at("jobTemplate", "spec", "template"));
  }

  @Override
  public List<String> warnings(Tree object, Tree old) {
    List<String> all = new ArrayList<>();
    if (old == null) {
      PodWarnings.dnsLabel(object, "Pod names and hostnames").ifPresent(all::add);
    }
    if (old == null || object.tree("metadata").integer("generation") != old.tree("metadata").integer("generation")) {
      Tree template = object.tree("spec").at("jobTemplate", "spec", "template");
      all.addAll(PodWarnings.ofTemplate(template, FieldPath.of("spec", "jobTemplate", "spec", "template")));
    }
    if (object.tree("spec").string("schedule").contains("TZ")) {
      all.add(
          "CRON_TZ or TZ used in spec.schedule is not officially supported, see"
              + " https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details");
    }
    return all;
  }

  @Override
  public void validate(Tree object, FieldErrors errors, Operation operation) {
    Tree spec = object.tree("spec");
    String name = object.tree("metadata").string("name");
    if (operation.verb() == Operation.Verb.CREATE && name.length() > MAX_NAME) {
      errors.invalid(FieldPath.of("metadata", "name"), name, "must be no more than " + MAX_NAME + " characters");
    }
    if (spec.string("schedule").isEmpty()) {
      errors.required(SPEC.child("schedule"), "");
    } else {
      schedule(spec, SPEC.child("schedule"), errors);
    }
    for (String number : List.of("startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit")) {
      Checks.nonNegative(spec, number, SPEC, errors);
    }
    if (spec.get("timeZone") instanceof String zone) {
      timeZone(zone, SPEC.child("timeZone"), errors);
    }
    Checks.oneOf(spec, "concurrencyPolicy", List.of("Allow", "Forbid", "Replace"), SPEC, errors);
    jobTemplate(spec.at("jobTemplate", "spec"), SPEC.child("jobTemplate", "spec"), errors);
  }

  private static void schedule(Tree spec, FieldPath path, FieldErrors errors) {
    String schedule = spec.string("schedule");
    CronSchedule.trouble(schedule).ifPresent(text -> errors.invalid(path, schedule, text));
    if (schedule.contains("TZ")) {
      String text =
          spec.get("timeZone") != null
              ? "cannot use both timeZone field and TZ or CRON_TZ in schedule"
              : "cannot use TZ or CRON_TZ in schedule, use timeZone field instead";
      errors.invalid(path, schedule, text);
    }
  }

  private static void timeZone(String zone, FieldPath path, FieldErrors errors) {
    if (zone.isEmpty()) {
      errors.invalid(path, zone, "timeZone must be nil or non-empty string");
    } else if (zone.equalsIgnoreCase("Local")) {
      errors.invalid(path, zone, "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones");
    } else if (!ZoneRulesProvider.getAvailableZoneIds().contains(zone)) {
      errors.invalid(path, zone, "unknown time zone " + zone);
    }
  }

  private void jobTemplate(Tree job, FieldPath path, FieldErrors errors) {
    JobRules.spec(job, scope, path, errors);
    if (job.get("selector") != null) {
      errors.invalid(path.child("selector"), job.get("selector"), "`selector` will be auto-generated");
    }
    if (job.bool("manualSelector")) {
      errors.notSupported(path.child("manualSelector"), true, List.of("nil", "false"));
    }
  }

  @Override
  public TableColumns columns() {
    return WorkloadTables.CRON_JOBS;
  }
}
