package io.kubrig.apiserver.kinds.core;

import io.kubrig.apiserver.kinds.Cluster;
import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.NameRule;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.table.Ages;
import io.kubrig.apiserver.table.Columns;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.apiserver.validation.MetadataRules;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.machinery.tree.Tree;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Events of both groups: one kind of stored object that goes away after an hour. (Source: core validation/events.go,
 * core/event/strategy.go.)
 */
final class EventKind implements Kind {
  private static final Set<String> TEXTS = Set.of("reason", "message", "type", "action");
  private static final int MAX_NOTE = 1024;
  private static final int MAX_NAME = 128;

  private static final Map<String, String> EVENTS_LABELS =
      Map.of(
          "regarding.kind", "involvedObject.kind",
          "regarding.namespace", "involvedObject.namespace",
          "regarding.name", "involvedObject.name",
          "regarding.uid", "involvedObject.uid",
          "regarding.apiVersion", "involvedObject.apiVersion",
          "regarding.resourceVersion", "involvedObject.resourceVersion",
          "regarding.fieldPath", "involvedObject.fieldPath",
          "reportingController", "reportingComponent");

  private static final TableColumns COLUMNS =
      Columns.of(
          EventKind::row,
          Columns.text("Last Seen", "The time at which the most recent occurrence of this event was recorded."),
          Columns.text("Type", "Type of this event (Normal, Warning), new types could be added in the future"),
          Columns.text("Reason", "This should be a short, machine understandable string that gives the reason for the transition."),
          Columns.text("Object", "The object that this event is about."),
          Columns.wide("Subobject", "If referring to a piece of an object instead of an entire object, this string should contain it."),
          Columns.wide("Source", "The component reporting this event."),
          Columns.text("Message", "A human-readable description of the status of this operation."),
          Columns.wide("First Seen", "The time at which the event was first recorded."),
          Columns.wide("Count", "The number of times this event has occurred."),
          new TableColumns.Column("Name", "string", "name", Columns.NAME.description(), 1));

  private final Cluster cluster;
  private final boolean core;

  EventKind(Cluster cluster, boolean core) {
    this.cluster = cluster;
    this.core = core;
  }

  @Override
  public MetadataRepeat metadataRepeat() {
    return MetadataRepeat.NONE;
  }

  @Override
  public boolean qualifiesFinalizers() {
    return !core;
  }

  @Override
  public NameRule nameRule() {
    return core ? NameRule.PATH_SEGMENT : NameRule.DNS_SUBDOMAIN;
  }

  @Override
  public Optional<Duration> timeToLive(Tree object) {
    return Optional.of(cluster.settings().eventTimeToLive());
  }

  @Override
  public boolean hasDependents() {
    return false;
  }

  @Override
  public boolean createsOnUpdate() {
    return true;
  }

  @Override
  public Tree convert(Tree object, String fromApiVersion, String toApiVersion) {
    return EventForms.convert(object, fromApiVersion, toApiVersion);
  }

  @Override
  public void validate(Tree object, FieldErrors errors, Operation operation) {
    Tree event = EventForms.core(object);
    if (event.get("eventTime") == null) {
      namespaces(event, errors);
    } else {
      reported(event, errors);
    }
    if (core) {
      return;
    }
    series(event, errors);
    if (event.get("eventTime") == null) {
      errors.required(FieldPath.of("eventTime"), "");
    }
    if (operation.verb() == Operation.Verb.CREATE) {
      modern(event, errors);
    }
  }

  private static void namespaces(Tree event, FieldErrors errors) {
    String own = event.tree("metadata").string("namespace");
    String other = event.tree("involvedObject").string("namespace");
    boolean agrees = other.isEmpty() ? own.isEmpty() || own.equals("default") : own.equals(other);
    if (!agrees) {
      errors.invalid(FieldPath.of("involvedObject", "namespace"), other, "does not match event.namespace");
    }
  }

  private void reported(Tree event, FieldErrors errors) {
    String own = event.tree("metadata").string("namespace");
    String other = event.tree("involvedObject").string("namespace");
    if (other.isEmpty() && !own.equals("default") && !own.equals("kube-system")) {
      errors.invalid(FieldPath.of("involvedObject", "namespace"), other, "does not match event.namespace");
    }
    FieldPath controller = FieldPath.of(core ? "reportingComponent" : "reportingController");
    String component = event.string("reportingComponent");
    if (component.isEmpty()) {
      errors.required(controller, "");
    }
    Names.qualifiedName(component).forEach(text -> errors.invalid(controller, component, text));
    needed(event, "reportingInstance", errors);
    needed(event, "action", errors);
    needed(event, "reason", errors);
    if (event.string("message").length() > MAX_NOTE) {
      errors.invalid(FieldPath.of("message"), "", "can have at most " + MAX_NOTE + " characters");
    }
  }

  private static void needed(Tree event, String member, FieldErrors errors) {
    String text = event.string(member);
    if (text.isEmpty()) {
      errors.required(FieldPath.of(member), "");
    }
    if (text.length() > MAX_NAME) {
      errors.invalid(FieldPath.of(member), "", "can have at most " + MAX_NAME + " characters");
    }
  }

  private static void series(Tree event, FieldErrors errors) {
    if (!(event.get("series") instanceof Tree series)) {
      return;
    }
    if (series.integer("count") < 2) {
      errors.invalid(FieldPath.of("series.count"), "", "should be at least 2");
    }
    if (series.get("lastObservedTime") == null) {
      errors.required(FieldPath.of("series.lastObservedTime"), "");
    }
  }

  /** What only events of the new group must not have, or must have. */
  private static void modern(Tree event, FieldErrors errors) {
    String type = event.string("type");
    if (!type.equals("Normal") && !type.equals("Warning")) {
      errors.invalid(FieldPath.of("type"), "", "has invalid value: " + type);
    }
    for (String time : List.of("firstTimestamp", "lastTimestamp")) {
      if (event.get(time) != null) {
        errors.invalid(FieldPath.of(time), "", "needs to be unset");
      }
    }
    if (event.integer("count") != 0) {
      errors.invalid(FieldPath.of("count"), "", "needs to be unset");
    }
    if (!event.tree("source").string("component").isEmpty() || !event.tree("source").string("host").isEmpty()) {
      errors.invalid(FieldPath.of("source"), "", "needs to be unset");
    }
  }

  @Override
  public void validateUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    if (core) {
      return;
    }
    Tree event = EventForms.core(object);
    Tree before = EventForms.core(old);
    for (String member : List.of("involvedObject", "reason", "message", "source", "firstTimestamp", "lastTimestamp", "count", "reason",
        "type", "eventTime", "action", "related")) { // native checks the reason twice
      Object empty = TEXTS.contains(member) ? "" : null;
      Object now = event.get(member);
      Object then = before.get(member);
      MetadataRules.immutable(now == null ? empty : now, then == null ? empty : then, FieldPath.of(member), errors);
    }
    MetadataRules.immutable(event.get("reportingComponent"), before.get("reportingComponent"), FieldPath.of("reportingController"), errors);
    MetadataRules.immutable(event.get("reportingInstance"), before.get("reportingInstance"), FieldPath.of("reportingInstance"), errors);
  }

  @Override
  public Map<String, String> selectableFields(Tree object) {
    Tree event = EventForms.core(object);
    Tree involved = event.tree("involvedObject");
    Map<String, String> fields = new LinkedHashMap<>();
    for (String member : List.of("kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath")) {
      fields.put("involvedObject." + member, involved.string(member));
    }
    fields.put("reason", event.string("reason"));
    fields.put("type", event.string("type"));
    fields.put("reportingComponent", event.string("reportingComponent"));
    String source = event.tree("source").string("component");
    fields.put("source", source.isEmpty() ? event.string("reportingComponent") : source);
    // the names of both groups: an event written through one is selected through the other
    EVENTS_LABELS.forEach((label, name) -> fields.put(label, fields.get(name)));
    return fields;
  }

  @Override
  public Set<String> selectableFieldLabels() {
    Set<String> labels = new LinkedHashSet<>(selectableFields(Tree.empty()).keySet());
    if (core) {
      labels.removeAll(EVENTS_LABELS.keySet());
    } else {
      labels.removeIf(label -> !EVENTS_LABELS.containsKey(label) && !label.equals("reason") && !label.equals("type"));
    }
    return labels;
  }

  @Override
  public String unsupportedField(String field) {
    return "field label not supported: " + field;
  }

  @Override
  public TableColumns columns() {
    return COLUMNS;
  }

  private static List<Object> row(Tree object, Instant now) {
    Tree event = EventForms.core(object);
    String first = Ages.since(event.string(event.get("firstTimestamp") == null ? "eventTime" : "firstTimestamp"), now);
    String last = event.get("lastTimestamp") == null ? first : Ages.since(event.string("lastTimestamp"), now);
    long count = Math.max(event.integer("count"), 1);
    if (event.get("series") instanceof Tree series) {
      last = Ages.since(series.string("lastObservedTime"), now);
      count = series.integer("count");
    }
    Tree involved = event.tree("involvedObject");
    String kind = involved.string("kind").toLowerCase(Locale.ROOT);
    return Columns.row(
        last,
        event.string("type"),
        event.string("reason"),
        involved.string("name").isEmpty() ? kind : kind + "/" + involved.string("name"),
        involved.string("fieldPath"),
        source(event),
        event.string("message").strip(),
        first,
        count,
        Columns.name(event));
  }

  private static String source(Tree event) {
    String component = event.tree("source").string("component");
    String host = event.tree("source").string("host");
    String who = component.isEmpty() ? event.string("reportingComponent") : component;
    String where = host.isEmpty() ? event.string("reportingInstance") : host;
    return where.isEmpty() ? who : who + ", " + where;
  }
}
