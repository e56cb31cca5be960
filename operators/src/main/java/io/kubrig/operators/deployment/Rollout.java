package io.kubrig.operators.deployment;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import io.kubrig.operators.deployment.DeploymentPlan.Action;
import io.kubrig.operators.deployment.DeploymentPlan.Event;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.events.EventRecorder;
import io.kubrig.operators.hash.Hashes;
import io.kubrig.operators.ownership.Claims;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One deployment's next step. It works on copies: a draft of the deployment and of its sets, changed as the actions will change them. */
final class Rollout {
  private static final int NAME_LIMIT = 253;

  private final Deployment draft;
  private final boolean oldPodsRun;
  private final Instant now;
  private final List<ReplicaSet> sets = new ArrayList<>();
  private final List<Action> actions = new ArrayList<>();
  private final Map<ReplicaSet, Boolean> current = new IdentityHashMap<>(); // whether of the draft's template

  private Rollout(DeploymentPlan.Observed observed) {
    this.draft = Drafts.of(observed.deployment());
    this.oldPodsRun = observed.oldPodsRun();
    this.now = observed.now();
    observed.sets().forEach(set -> sets.add(Drafts.of(set)));
  }

  /** What is to be done next. */
  static DeploymentPlan plan(DeploymentPlan.Observed observed) {
    return new Rollout(observed).plan();
  }

  private DeploymentPlan plan() {
    if (Objects.isTerminating(draft)) {
      syncRevision();
      return planned(DeploymentStatuses.counted(draft, split(), now));
    }
    markPause();
    if (Boolean.TRUE.equals(draft.getSpec().getPaused())) {
      return resize();
    }
    if (Objects.annotations(draft).containsKey(Revisions.ROLLBACK_TO)) {
      return rollBack();
    }
    if (Scaling.isDue(draft, split())) {
      return resize();
    }
    return Surge.isRolling(draft) ? roll() : recreate();
  }

  private Sets split() {
    return Sets.of(sets, set -> current.computeIfAbsent(set, s -> Sets.isCurrent(draft, s)));
  }

  private DeploymentPlan planned(DeploymentStatus status) {
    var recheck = DeploymentStatuses.recheck(draft, status, now);
    draft.setStatus(status);
    return new DeploymentPlan(List.copyOf(actions), draft, recheck);
  }

  private DeploymentPlan rolledOut() {
    return planned(DeploymentStatuses.ofRollout(draft, split(), now));
  }

  private void markPause() {
    var progressing = DeploymentStatuses.condition(draft.getStatus(), DeploymentStatuses.PROGRESSING);
    String reason = progressing.map(c -> c.getReason()).orElse("");
    if (!DeploymentStatuses.hasDeadline(draft) || reason.equals(DeploymentStatuses.TIMED_OUT)) {
      return;
    }
    boolean paused = Boolean.TRUE.equals(draft.getSpec().getPaused());
    if (paused != reason.equals("DeploymentPaused")) {
      DeploymentStatuses.set(draft.getStatus(), DeploymentStatuses.condition(DeploymentStatuses.PROGRESSING, "Unknown",
          paused ? "DeploymentPaused" : "DeploymentResumed", paused ? "Deployment is paused" : "Deployment is resumed", now));
    }
  }

  /** Keeps the books of the current set, if there is one. */
  private void syncRevision() {
    Sets split = split();
    split.current().ifPresent(current -> adopt(current, Revisions.highest(split.old()) + 1));
  }

  private void adopt(ReplicaSet current, long revision) {
    Map<String, String> annotations = Revisions.ofNewSet(draft, current, revision, true);
    int minReady = Objects.orElse(draft.getSpec().getMinReadySeconds(), 0);
    if (!annotations.equals(Objects.annotations(current)) || minReady != Objects.orElse(current.getSpec().getMinReadySeconds(), 0)) {
      current.getMetadata().setAnnotations(annotations);
      current.getSpec().setMinReadySeconds(minReady);
      changed(current, Optional.empty());
    }
    setRevision(annotations.getOrDefault(Revisions.REVISION, ""));
    String name = current.getMetadata().getName();
    if (DeploymentStatuses.hasDeadline(draft)
        && DeploymentStatuses.condition(draft.getStatus(), DeploymentStatuses.PROGRESSING).isEmpty()) {
      DeploymentStatuses.set(draft.getStatus(), DeploymentStatuses.condition(DeploymentStatuses.PROGRESSING, "True", "FoundNewReplicaSet",
          "Found new replica set \"" + name + "\"", now));
    }
  }

  private void setRevision(String revision) {
    Map<String, String> annotations = new LinkedHashMap<>(Objects.annotations(draft));
    annotations.put(Revisions.REVISION, revision);
    draft.getMetadata().setAnnotations(annotations);
  }

  /** Makes the current set where there is none. */
  private void ensureCurrent() {
    Sets split = split();
    if (split.current().isPresent()) {
      syncRevision();
      return;
    }
    long revision = Revisions.highest(split.old()) + 1;
    ReplicaSet made = newSet(revision);
    sets.add(made);
    actions.add(new Action.Create(made));
    setRevision(Long.toString(revision));
    if (DeploymentStatuses.hasDeadline(draft)) {
      DeploymentStatuses.set(draft.getStatus(), DeploymentStatuses.condition(DeploymentStatuses.PROGRESSING, "True", "NewReplicaSetCreated",
          "Created new replica set \"" + made.getMetadata().getName() + "\"", now));
    }
  }

  private ReplicaSet newSet(long revision) {
    PodTemplateSpec template = Objects.copy(draft.getSpec().getTemplate());
    String hash = Hashes.template(template, draft.getStatus().getCollisionCount());
    if (template.getMetadata() == null) {
      template.setMetadata(new ObjectMetaBuilder().build());
    }
    Map<String, String> labels = new LinkedHashMap<>(Objects.orEmpty(template.getMetadata().getLabels()));
    labels.put(Hashes.TEMPLATE_HASH, hash);
    template.getMetadata().setLabels(labels);
    ReplicaSet made = new ReplicaSetBuilder()
        .withNewMetadata().withName(name(hash)).withNamespace(draft.getMetadata().getNamespace())
        .withOwnerReferences(Claims.controllerReference(draft)).withLabels(new LinkedHashMap<>(labels)).endMetadata()
        .withNewSpec().withReplicas(0).withMinReadySeconds(Objects.orElse(draft.getSpec().getMinReadySeconds(), 0))
        .withSelector(Objects.copy(draft.getSpec().getSelector())).withTemplate(template).endSpec()
        .build();
    Map<String, String> selected = new LinkedHashMap<>(Objects.orEmpty(made.getSpec().getSelector().getMatchLabels()));
    selected.put(Hashes.TEMPLATE_HASH, hash);
    made.getSpec().getSelector().setMatchLabels(selected);
    made.getSpec().setReplicas(newReplicas(made));
    made.getMetadata().setAnnotations(Revisions.ofNewSet(draft, made, revision, false));
    return made;
  }

  private String name(String hash) {
    String name = draft.getMetadata().getName();
    int room = NAME_LIMIT - hash.length() - 1;
    return (name.length() > room ? name.substring(0, room) : name) + "-" + hash;
  }

  /** How many pods the current set may have now. */
  private int newReplicas(ReplicaSet current) {
    int replicas = Surge.replicas(draft);
    if (!Surge.isRolling(draft)) {
      return replicas;
    }
    int room = replicas + Surge.of(draft).surge() - Sets.replicas(sets) - (sets.contains(current) ? 0 : Sets.replicas(current));
    return room <= 0 ? Sets.replicas(current) : Sets.replicas(current) + Math.min(room, replicas - Sets.replicas(current));
  }

  private DeploymentPlan resize() {
    syncRevision();
    Scaling.sizes(draft, split()).forEach(this::scale);
    if (Boolean.TRUE.equals(draft.getSpec().getPaused()) && !Objects.annotations(draft).containsKey(Revisions.ROLLBACK_TO)) {
      forgetOld();
    }
    return planned(DeploymentStatuses.counted(draft, split(), now));
  }

  private DeploymentPlan roll() {
    ensureCurrent();
    ReplicaSet current = split().current().orElseThrow();
    if (!scaleUpCurrent(current) && !scaleDownOld(current) && DeploymentStatuses.isComplete(draft, draft.getStatus())) {
      forgetOld();
    }
    return rolledOut();
  }

  private boolean scaleUpCurrent(ReplicaSet current) {
    int replicas = Surge.replicas(draft);
    if (Sets.replicas(current) == replicas) {
      return false;
    }
    return scale(current, Sets.replicas(current) > replicas ? replicas : newReplicas(current));
  }

  private boolean scaleDownOld(ReplicaSet current) {
    List<ReplicaSet> old = new ArrayList<>(split().activeOld());
    if (old.isEmpty()) {
      return false;
    }
    int minAvailable = Surge.replicas(draft) - Surge.of(draft).unavailable();
    int missing = Sets.replicas(current) - Sets.available(current);
    int most = Sets.replicas(sets) - minAvailable - missing;
    if (most <= 0) {
      return false;
    }
    old.sort(Sets.OLDEST_FIRST);
    boolean cleaned = removeUnhealthy(old, most);
    return removeSpare(old, Sets.remaining(split().all()) - minAvailable) || cleaned;
  }

  /** Takes pods that do not work from old sets first. */
  private boolean removeUnhealthy(List<ReplicaSet> old, int most) {
    int removed = 0;
    for (ReplicaSet set : old) {
      int unhealthy = Sets.replicas(set) - Sets.available(set);
      int count = Math.min(most - removed, unhealthy);
      if (count > 0) {
        scale(set, Sets.replicas(set) - count);
        removed += count;
      }
    }
    return removed > 0;
  }

  private boolean removeSpare(List<ReplicaSet> old, int most) {
    int removed = 0;
    for (ReplicaSet set : old) {
      int count = Math.min(Sets.replicas(set), most - removed);
      if (count > 0) {
        scale(set, Sets.replicas(set) - count);
        removed += count;
      }
    }
    return removed > 0;
  }

  private DeploymentPlan recreate() {
    syncRevision();
    List<ReplicaSet> old = split().activeOld();
    if (!old.isEmpty()) {
      old.forEach(set -> scale(set, 0));
      return rolledOut();
    }
    if (oldPodsRun || Sets.actual(split().old()) > 0) {
      return rolledOut();
    }
    ensureCurrent();
    ReplicaSet current = split().current().orElseThrow();
    if (Sets.replicas(current) != Surge.replicas(draft)) { // else its annotations stay as another strategy left them
      scale(current, Surge.replicas(draft));
    }
    if (DeploymentStatuses.isComplete(draft, draft.getStatus())) {
      forgetOld();
    }
    return rolledOut();
  }

  /** Gives a set a size, and the annotations that go with the deployment's. */
  private boolean scale(ReplicaSet set, int size) {
    int before = Sets.replicas(set);
    Map<String, String> sizes = Revisions.sizes(draft);
    boolean told = Objects.annotations(set).entrySet().containsAll(sizes.entrySet());
    if (before == size && told) {
      return false;
    }
    set.getSpec().setReplicas(size);
    Map<String, String> annotations = new HashMap<>(Objects.annotations(set));
    annotations.putAll(sizes);
    set.getMetadata().setAnnotations(annotations);
    changed(set, before == size ? Optional.empty() : Optional.of(Event.scaled(set, before, size)));
    return before != size;
  }

  /** Notes that a set is to be written; several changes of one set become one write. */
  private void changed(ReplicaSet set, Optional<Event> event) {
    for (int i = 0; i < actions.size(); i++) {
      if (actions.get(i) instanceof Action.Create create && create.set() == set) {
        return;
      }
      if (actions.get(i) instanceof Action.Update update && update.set() == set) {
        actions.set(i, new Action.Update(set, merged(update.event(), event, set)));
        return;
      }
    }
    actions.add(new Action.Update(set, event));
  }

  private static Optional<Event> merged(Optional<Event> first, Optional<Event> second, ReplicaSet set) {
    if (first.isEmpty() || second.isEmpty()) {
      return first.or(() -> second);
    }
    String from = first.get().message().replaceAll(".* from (-?[0-9]+) to .*", "$1");
    return Optional.of(Event.scaled(set, Integer.parseInt(from), Sets.replicas(set)));
  }

  private void forgetOld() {
    Integer limit = draft.getSpec().getRevisionHistoryLimit();
    if (limit == null || limit == Integer.MAX_VALUE) {
      return;
    }
    List<ReplicaSet> known = split().old().stream().filter(set -> !Objects.isTerminating(set))
        .sorted(Comparator.<ReplicaSet>comparingLong(set -> Revisions.of(set).orElse(0)).thenComparing(Sets.OLDEST_FIRST)).toList();
    known.stream().limit(Math.max(0, known.size() - limit)).filter(Rollout::isIdle).forEach(set -> actions.add(new Action.Delete(set)));
  }

  private static boolean isIdle(ReplicaSet set) {
    boolean observed = set.getStatus() != null && set.getStatus().getObservedGeneration() != null
        && set.getStatus().getObservedGeneration() >= Objects.generation(set);
    return Sets.replicas(set) == 0 && Sets.actual(List.of(set)) == 0 && observed;
  }

  private DeploymentPlan rollBack() {
    ensureCurrent();
    String text = Objects.annotations(draft).get(Revisions.ROLLBACK_TO);
    long revision = text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
    long wanted = revision == 0 ? Revisions.last(sets) : revision;
    Optional<ReplicaSet> target = sets.stream().filter(set -> wanted > 0 && Revisions.of(set).orElse(0) == wanted).findFirst();
    Event event;
    if (target.isEmpty()) {
      event = new Event(EventRecorder.WARNING, "DeploymentRollbackRevisionNotFound",
          revision == 0 ? "Unable to find last revision." : "Unable to find the revision to rollback to.");
    } else if (Hashes.sameTemplate(draft.getSpec().getTemplate(), target.get().getSpec().getTemplate())) {
      event = new Event(EventRecorder.WARNING, "DeploymentRollbackTemplateUnchanged",
          "The rollback revision contains the same template as current deployment \"" + draft.getMetadata().getName() + "\"");
    } else {
      PodTemplateSpec template = Objects.copy(target.get().getSpec().getTemplate());
      template.getMetadata().getLabels().remove(Hashes.TEMPLATE_HASH);
      draft.getSpec().setTemplate(template);
      draft.getMetadata().setAnnotations(Revisions.rolledBack(draft, target.get()));
      event = new Event(EventRecorder.NORMAL, "DeploymentRollback",
          "Rolled back deployment \"" + draft.getMetadata().getName() + "\" to revision " + wanted);
    }
    draft.getMetadata().getAnnotations().remove(Revisions.ROLLBACK_TO);
    actions.add(new Action.Replace(draft));
    actions.add(new Action.Tell(event));
    return new DeploymentPlan(List.copyOf(actions), draft, Optional.empty());
  }
}
