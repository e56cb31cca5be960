package io.kubrig.apiserver.registry;

import io.kubrig.apiserver.audit.AuditEvent;
import io.kubrig.apiserver.authn.UserInfo;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What a request wants of one object, and who wants it: what the verbs, the kinds and admission need to know of the request. One per
 * request; collects the warnings for its answer.
 */
public final class Operation {
  private static final AuditEvent UNNOTED = AuditEvent.none("");

  /** What admission sees. */
  public enum Verb {
    CREATE,
    UPDATE,
    DELETE,
    CONNECT
  }

  /** {@code fieldValidation}. */
  public enum FieldValidation {
    IGNORE,
    WARN,
    STRICT
  }

  private final Verb verb;
  private final Resource resource;
  private final String version;
  private final String subresource;
  private final String namespace;
  private final String name;
  private final UserInfo user;
  private final Options options;
  private final Instant now;
  private final Set<String> warnings;
  private final AuditEvent audit;

  /**
   * The query parameters of a write.
   *
   * @param fieldManager the name under which fields are owned, already derived from the user agent where none is given
   * @param force of an apply
   * @param patch whether the request was a patch, applies included
   */
  public record Options(boolean dryRun, String fieldManager, boolean force, FieldValidation fieldValidation, boolean patch) {
    /** Those of a write that is no patch. */
    public Options(boolean dryRun, String fieldManager, boolean force, FieldValidation fieldValidation) {
      this(dryRun, fieldManager, force, fieldValidation, false);
    }

    public static final Options NONE = new Options(false, "kubrig", false, FieldValidation.IGNORE);
  }

  /**
   * @param subresource "" for the object itself
   * @param namespace "" for cluster-scoped resources
   * @param name "" while it is not known (create with generateName, collections)
   */
  public Operation(
      Verb verb,
      Resource resource,
      String version,
      String subresource,
      String namespace,
      String name,
      UserInfo user,
      Options options,
      Instant now) {
    this(verb, resource, version, subresource, namespace, name, user, options, now, Collections.synchronizedSet(new LinkedHashSet<>()),
        UNNOTED);
  }

  private Operation(
      Verb verb,
      Resource resource,
      String version,
      String subresource,
      String namespace,
      String name,
      UserInfo user,
      Options options,
      Instant now,
      Set<String> warnings,
      AuditEvent audit) {
    this.verb = verb;
    this.resource = resource;
    this.version = version;
    this.subresource = subresource;
    this.namespace = namespace;
    this.name = name;
    this.user = user;
    this.options = options;
    this.now = now;
    this.warnings = warnings;
    this.audit = audit;
  }

  /** The same operation, with what is noted about its request. */
  public Operation noted(AuditEvent event) {
    return new Operation(verb, resource, version, subresource, namespace, name, user, options, now, warnings, event);
  }

  /** Where admission leaves its annotations. */
  public AuditEvent audit() {
    return audit;
  }

  public Verb verb() {
    return verb;
  }

  /** What authorization calls the request. */
  public String requestVerb() {
    return options.patch() ? "patch" : verb.name().toLowerCase(Locale.ROOT);
  }

  public Resource resource() {
    return resource;
  }

  /** The version of the request. */
  public String version() {
    return version;
  }

  public String subresource() {
    return subresource;
  }

  public String namespace() {
    return namespace;
  }

  public String name() {
    return name;
  }

  public UserInfo user() {
    return user;
  }

  public Options options() {
    return options;
  }

  public boolean dryRun() {
    return options.dryRun();
  }

  /** When the request was received: the one time of all that it sets. */
  public Instant now() {
    return now;
  }

  /** The same request turned to another verb or name (an update that creates, an item of a collection); warnings go to the same answer. */
  public Operation as(Verb other, String otherName) {
    return new Operation(other, resource, version, subresource, namespace, otherName, user, options, now, warnings, audit);
  }

  /** Adds a line to the answer's {@code Warning} headers, once. */
  public void warn(String text) {
    warnings.add(text);
  }

  public List<String> warnings() {
    return new ArrayList<>(warnings);
  }
}
