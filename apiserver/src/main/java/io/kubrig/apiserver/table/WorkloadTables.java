package io.kubrig.apiserver.table;

import io.kubrig.apiserver.table.TableColumns.Column;
import io.kubrig.machinery.selector.LabelSelector;
import io.kubrig.machinery.selector.SelectorException;
import io.kubrig.machinery.timestamp.Timestamps;
import io.kubrig.machinery.tree.Tree;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The columns of the kinds that are made of pods. (Source: printers/internalversion of native.) */
public final class WorkloadTables {
  private static final String NONE = "<none>";
  private static final Column CONTAINERS = Columns.wide("Containers", "Names of each container in the template.");
  private static final Column IMAGES = Columns.wide("Images", "Images referenced by each container in the template.");

  private WorkloadTables() {}

  private static Column selector(String description) {
    return Columns.wide("Selector", description);
  }

  public static final TableColumns POD_TEMPLATES =
      Columns.of(
          (object, now) ->
              Columns.row(
                  Columns.name(object),
                  names(object.tree("template")),
                  images(object.tree("template")),
                  Columns.pairs(object.at("template", "metadata").stringMap("labels"))),
          Columns.NAME,
          Columns.text("Containers", "Names of each container in the template."),
          Columns.text("Images", "Images referenced by each container in the template."),
          Columns.text("Pod Labels", "The labels for the pod template."));

  public static final TableColumns REPLICATION_CONTROLLERS =
      replicas((object, now) -> Columns.pairs(object.tree("spec").stringMap("selector")), "replication controller");

  public static final TableColumns REPLICA_SETS = replicas((object, now) -> labelSelector(object.tree("spec")), "replica set");

  /** Makes one cell. */
  @FunctionalInterface
  private interface Cell {
    String of(Tree object, Instant now);
  }

  private static TableColumns replicas(Cell selector, String owner) {
    return Columns.of(
        (object, now) ->
            Columns.row(
                Columns.name(object),
                object.tree("spec").integer("replicas"),
                object.tree("status").integer("replicas"),
                object.tree("status").integer("readyReplicas"),
                Columns.age(object, now),
                names(template(object)),
                images(template(object)),
                selector.of(object, now)),
        Columns.NAME,
        Columns.number("Desired", "The number of replicas wanted."),
        Columns.number("Current", "The number of pods that are there."),
        Columns.number("Ready", "The number of ready replicas for this " + owner + "."),
        Columns.AGE,
        CONTAINERS,
        IMAGES,
        selector("The label selector that finds the pods of this " + owner + "."));
  }

  public static final TableColumns DEPLOYMENTS =
      Columns.of(
          (object, now) ->
              Columns.row(
                  Columns.name(object),
                  object.tree("status").integer("readyReplicas") + "/" + object.tree("spec").integer("replicas"),
                  object.tree("status").integer("updatedReplicas"),
                  object.tree("status").integer("availableReplicas"),
                  Columns.age(object, now),
                  names(template(object)),
                  images(template(object)),
                  labelSelector(object.tree("spec"))),
          Columns.NAME,
          Columns.text("Ready", "Number of the pod with ready state"),
          Columns.text("Up-to-date", "The number of pods of this deployment that have the desired template."),
          Columns.text("Available", "The number of pods of this deployment that have been ready for at least minReadySeconds."),
          Columns.AGE,
          CONTAINERS,
          IMAGES,
          selector("The label selector that finds the pods of this deployment."));

  public static final TableColumns STATEFUL_SETS =
      Columns.of(
          (object, now) ->
              Columns.row(
                  Columns.name(object),
                  object.tree("status").integer("readyReplicas") + "/" + object.tree("spec").integer("replicas"),
                  Columns.age(object, now),
                  names(template(object)),
                  images(template(object))),
          Columns.NAME,
          Columns.text("Ready", "Number of the pod with ready state"),
          Columns.AGE,
          CONTAINERS,
          IMAGES);

  public static final TableColumns DAEMON_SETS =
      Columns.of(
          (object, now) ->
              Columns.row(
                  Columns.name(object),
                  object.tree("status").integer("desiredNumberScheduled"),
                  object.tree("status").integer("currentNumberScheduled"),
                  object.tree("status").integer("numberReady"),
                  object.tree("status").integer("updatedNumberScheduled"),
                  object.tree("status").integer("numberAvailable"),
                  Columns.pairs(template(object).tree("spec").stringMap("nodeSelector")),
                  Columns.age(object, now),
                  names(template(object)),
                  images(template(object)),
                  labelSelector(object.tree("spec"))),
          Columns.NAME,
          Columns.number("Desired", "The number of nodes that should run the daemon pod."),
          Columns.number("Current", "The number of nodes that run a daemon pod and are supposed to."),
          Columns.number("Ready", "The number of nodes whose daemon pod is ready."),
          Columns.number("Up-to-date", "The number of nodes whose daemon pod is up to date."),
          Columns.number("Available", "The number of nodes whose daemon pod has been ready for at least minReadySeconds."),
          Columns.text("Node Selector", "The labels of the nodes that the pods fit on."),
          Columns.AGE,
          CONTAINERS,
          IMAGES,
          selector("The label selector that finds the pods of this daemon set."));

  public static final TableColumns CONTROLLER_REVISIONS =
      Columns.of(
          (object, now) ->
              Columns.row(Columns.name(object), controller(object), object.integer("revision"), Columns.age(object, now)),
          Columns.NAME,
          Columns.text("Controller", "Controller of the object"),
          Columns.text("Revision", "Revision indicates the revision of the state represented by Data."),
          Columns.AGE);

  public static final TableColumns JOBS =
      Columns.of(
          (object, now) ->
              Columns.row(
                  Columns.name(object),
                  jobStatus(object),
                  completions(object),
                  duration(object.tree("status"), now),
                  Columns.age(object, now),
                  names(template(object)),
                  images(template(object)),
                  labelSelector(object.tree("spec"))),
          Columns.NAME,
          Columns.text("Status", "Status of the job."),
          Columns.text("Completions", "The number of pods that succeeded, of those that must."),
          Columns.text("Duration", "Time required to complete the job."),
          Columns.AGE,
          CONTAINERS,
          IMAGES,
          selector("The label selector that finds the pods of this job."));

  public static final TableColumns CRON_JOBS =
      Columns.of(
          (object, now) -> {
            Tree spec = object.tree("spec");
            Tree template = spec.at("jobTemplate", "spec", "template");
            String last = object.tree("status").string("lastScheduleTime");
            return Columns.row(
                Columns.name(object),
                spec.string("schedule"),
                spec.string("timeZone", NONE),
                spec.get("suspend") == null ? "<unset>" : spec.bool("suspend") ? "True" : "False",
                (long) object.tree("status").list("active").size(),
                last.isEmpty() ? NONE : Ages.since(last, now),
                Columns.age(object, now),
                names(template),
                images(template),
                labelSelector(spec.at("jobTemplate", "spec")));
          },
          Columns.NAME,
          Columns.text("Schedule", "The schedule in Cron format, see https://en.wikipedia.org/wiki/Cron."),
          Columns.text("Timezone", "The time zone of the schedule."),
          Columns.flag("Suspend", "Whether no further jobs are started."),
          Columns.number("Active", "The number of jobs that run."),
          Columns.text("Last Schedule", "When the last job was started."),
          Columns.AGE,
          CONTAINERS,
          IMAGES,
          selector("The label selector that finds the pods of the jobs."));

  // ---- cells ---------------------------------------------------------------------------------------------------------

  private static Tree template(Tree object) {
    return object.tree("spec").tree("template");
  }

  private static String names(Tree template) {
    return joined(template, "name");
  }

  private static String images(Tree template) {
    return joined(template, "image");
  }

  private static String joined(Tree template, String member) {
    List<String> texts = new ArrayList<>();
    template.tree("spec").trees("containers").forEach(container -> texts.add(container.string(member)));
    return String.join(",", texts);
  }

  private static String labelSelector(Tree spec) {
    if (!(spec.get("selector") instanceof Tree selector)) {
      return NONE;
    }
    try {
      String text = LabelSelector.of(selector).toString();
      return text.isEmpty() ? NONE : text;
    } catch (SelectorException e) {
      return "<error>";
    }
  }

  private static String controller(Tree object) {
    for (Tree owner : object.tree("metadata").trees("ownerReferences")) {
      if (owner.bool("controller")) {
        String apiVersion = owner.string("apiVersion");
        int slash = apiVersion.indexOf('/');
        String kind = slash < 0 ? owner.string("kind") : owner.string("kind") + "." + apiVersion.substring(0, slash);
        return kind.toLowerCase(Locale.ROOT) + "/" + owner.string("name");
      }
    }
    return NONE;
  }

  private static String jobStatus(Tree job) {
    List<Tree> conditions = job.tree("status").trees("conditions");
    for (String terminal : List.of("Complete", "Failed")) {
      if (PodTable.isTrue(conditions, terminal)) {
        return terminal;
      }
    }
    if (job.tree("metadata").get("deletionTimestamp") != null) {
      return "Terminating";
    }
    for (String type : List.of("Suspended", "FailureTarget", "SuccessCriteriaMet")) {
      if (PodTable.isTrue(conditions, type)) {
        return type;
      }
    }
    return "Running";
  }

  private static String completions(Tree job) {
    Tree spec = job.tree("spec");
    long succeeded = job.tree("status").integer("succeeded");
    if (spec.get("completions") != null) {
      return succeeded + "/" + spec.integer("completions");
    }
    long parallelism = spec.integer("parallelism");
    return succeeded + "/1" + (parallelism > 1 ? " of " + parallelism : "");
  }

  private static String duration(Tree status, Instant now) {
    String start = status.string("startTime");
    if (start.isEmpty()) {
      return "";
    }
    String end = status.string("completionTime");
    return Ages.shortly(Duration.between(Timestamps.parse(start), end.isEmpty() ? now : Timestamps.parse(end)));
  }
}
