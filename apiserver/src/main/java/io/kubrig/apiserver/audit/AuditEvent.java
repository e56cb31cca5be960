package io.kubrig.apiserver.audit;

import io.kubrig.apiserver.authn.UserInfo;
import io.kubrig.apiserver.authz.AccessReviews;
import io.kubrig.apiserver.authz.Verdict;
import io.kubrig.machinery.json.Limits;
import io.kubrig.machinery.tree.Tree;
import io.kubrig.machinery.yaml.Yaml;
import io.kubrig.machinery.yaml.YamlException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/** What is being noted about one request. Used by its one thread; annotations may come from others. */
public final class AuditEvent {
  private static final DateTimeFormatter MICROS = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

  private final Audit audit;
  private final AuditPolicy.Decision decision;
  private final Tree event;
  private final boolean longRunning;
  private final TreeMap<String, String> annotations = new TreeMap<>();

  AuditEvent(Audit audit, AuditPolicy.Decision decision, Tree event, boolean longRunning) {
    this.audit = audit;
    this.decision = decision;
    this.event = event;
    this.longRunning = longRunning;
  }

  /** Nothing is noted. */
  public static AuditEvent none(String auditId) {
    AuditPolicy.Decision nothing = new AuditPolicy.Decision(AuditPolicy.Level.NONE, Set.of(), false);
    return new AuditEvent(null, nothing, Tree.of("auditID", auditId), false);
  }

  public String id() {
    return event.string("auditID");
  }

  public AuditPolicy.Level level() {
    return decision.level();
  }

  private boolean notes(AuditPolicy.Level level) {
    return decision.level().compareTo(level) >= 0;
  }

  public void impersonated(UserInfo user) {
    if (notes(AuditPolicy.Level.METADATA)) {
      event.set("impersonatedUser", AccessReviews.tree(user));
    }
  }

  public void authorized(Verdict verdict) {
    annotate("authorization.k8s.io/decision", verdict.allows() ? "allow" : "forbid");
    annotate("authorization.k8s.io/reason", verdict.reason());
  }

  /** Notes something under a key, once. */
  public synchronized void annotate(String key, String value) {
    if (notes(AuditPolicy.Level.METADATA)) {
      annotations.putIfAbsent(key, value);
    }
  }

  /** Notes something under a key, once, where bodies of requests are noted. */
  public synchronized void annotateRequest(String key, String value) {
    if (notes(AuditPolicy.Level.REQUEST)) {
      annotations.putIfAbsent(key, value);
    }
  }

  /** Notes the object that was sent, or a patch. */
  public void requestObject(Object object) {
    if (notes(AuditPolicy.Level.REQUEST)) {
      event.set("requestObject", withoutManagedFields(object));
    }
  }

  /** Notes a patch as it was sent; one that cannot be read is refused anyway, and not noted. */
  public void patch(byte[] patch) {
    if (notes(AuditPolicy.Level.REQUEST)) {
      try {
        event.set("requestObject", Yaml.readDocument(patch, Limits.REQUEST).value());
      } catch (YamlException e) {
        event.remove("requestObject"); // what cannot be read is refused, and the refusal is noted
      }
    }
  }

  /** Whether {@link #responseObject} notes anything. */
  public boolean wantsResponseObject() {
    return notes(AuditPolicy.Level.REQUEST_RESPONSE);
  }

  /** Notes the object that is answered. */
  public void responseObject(Tree object) {
    if (notes(AuditPolicy.Level.REQUEST_RESPONSE)) {
      event.set("responseObject", withoutManagedFields(object));
    }
  }

  /** Notes what a create, whose path names no object, is about. */
  public void objectName(String name) {
    if (notes(AuditPolicy.Level.METADATA) && event.tree("objectRef").string("name").isEmpty() && event.has("objectRef")) {
      event.need("objectRef").set("name", name);
    }
  }

  /** Notes a failure's message and reason. */
  public void failed(Tree status) {
    if (notes(AuditPolicy.Level.METADATA)) {
      Tree brief = new Tree().set("metadata", new Tree());
      for (String member : List.of("status", "message", "reason", "details", "code")) {
        if (status.has(member)) {
          brief.set(member, Tree.copyOf(status.get(member)));
        }
      }
      event.set("responseStatus", brief);
    }
  }

  private Object withoutManagedFields(Object object) {
    Object copy = Tree.copyOf(object);
    if (decision.omitManagedFields() && copy instanceof Tree tree) {
      tree.need("metadata").remove("managedFields");
      tree.trees("items").forEach(item -> item.need("metadata").remove("managedFields"));
    }
    return copy;
  }

  public void responseStarted(int code) {
    if (longRunning) {
      setCode(code);
      send("ResponseStarted");
    }
  }

  /** The answer is complete. */
  public void complete(int code) {
    setCode(code);
    send("ResponseComplete");
  }

  void received() {
    send("RequestReceived");
  }

  private void setCode(int code) {
    if (notes(AuditPolicy.Level.METADATA) && !event.has("responseStatus")) {
      event.set("responseStatus", Tree.of("metadata", new Tree(), "code", (long) (code == 0 ? 200 : code)));
    }
  }

  private void send(String stage) {
    if (!notes(AuditPolicy.Level.METADATA) || decision.omitStages().contains(stage)) {
      return;
    }
    Tree copy = event.copy().set("stage", stage).set("stageTimestamp", micros(audit.now()));
    synchronized (this) {
      if (!annotations.isEmpty()) {
        Tree noted = new Tree();
        annotations.forEach(noted::set);
        copy.set("annotations", noted);
      }
    }
    audit.send(copy);
  }

  static String micros(Instant time) {
    return MICROS.format(time);
  }
}
