package io.kubrig.apiserver.kinds.core;

import io.kubrig.machinery.tree.Tree;

/** The two forms of an event: core/v1, which is stored, and events.k8s.io/v1. (Source: pkg/apis/events/v1/conversion.go.) */
final class EventForms {
  private static final String EVENTS = "events.k8s.io/v1";

  private EventForms() {}

  static Tree convert(Tree event, String from, String to) {
    if (from.equals(to)) {
      return event;
    }
    return to.equals(EVENTS) ? toEvents(event) : toCore(event);
  }

  /** The core form of an event in either. */
  static Tree core(Tree event) {
    return event.string("apiVersion").equals(EVENTS) ? toCore(event.copy()) : event;
  }

  private static Tree toEvents(Tree core) {
    Tree event = Tree.of("kind", "Event", "apiVersion", EVENTS, "metadata", core.get("metadata"), "eventTime", core.get("eventTime"));
    move(core, "series", event, "series");
    moveText(core, "reportingComponent", event, "reportingController");
    moveText(core, "reportingInstance", event, "reportingInstance");
    moveText(core, "action", event, "action");
    moveText(core, "reason", event, "reason");
    event.set("regarding", core.has("involvedObject") ? core.get("involvedObject") : new Tree());
    move(core, "related", event, "related");
    moveText(core, "message", event, "note");
    moveText(core, "type", event, "type");
    event.set("deprecatedSource", core.has("source") ? core.get("source") : new Tree());
    event.set("deprecatedFirstTimestamp", core.get("firstTimestamp"));
    event.set("deprecatedLastTimestamp", core.get("lastTimestamp"));
    if (core.integer("count") != 0) {
      event.set("deprecatedCount", core.integer("count"));
    }
    return event;
  }

  private static Tree toCore(Tree event) {
    Tree core =
        Tree.of(
            "kind", "Event",
            "apiVersion", "v1",
            "metadata", event.get("metadata"),
            "involvedObject", event.has("regarding") ? event.get("regarding") : new Tree());
    moveText(event, "reason", core, "reason");
    moveText(event, "note", core, "message");
    core.set("source", event.has("deprecatedSource") ? event.get("deprecatedSource") : new Tree());
    core.set("firstTimestamp", event.get("deprecatedFirstTimestamp"));
    core.set("lastTimestamp", event.get("deprecatedLastTimestamp"));
    if (event.integer("deprecatedCount") != 0) {
      core.set("count", event.integer("deprecatedCount"));
    }
    moveText(event, "type", core, "type");
    core.set("eventTime", event.get("eventTime"));
    move(event, "series", core, "series");
    moveText(event, "action", core, "action");
    move(event, "related", core, "related");
    core.set("reportingComponent", event.string("reportingController"));
    core.set("reportingInstance", event.string("reportingInstance"));
    return core;
  }

  private static void move(Tree from, String name, Tree to, String newName) {
    if (from.get(name) != null) {
      to.set(newName, from.get(name));
    }
  }

  private static void moveText(Tree from, String name, Tree to, String newName) {
    if (!from.string(name).isEmpty()) {
      to.set(newName, from.string(name));
    }
  }
}
