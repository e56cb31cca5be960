package io.kubrig.apiserver.rest;

import io.kubrig.apiserver.negotiation.MediaType;
import io.kubrig.apiserver.negotiation.Negotiation;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.registry.Operation.FieldValidation;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.validation.MetadataRules;
import io.kubrig.machinery.schema.GroupVersionKind;
import io.kubrig.machinery.schema.SchemaCatalog;
import io.kubrig.machinery.tree.Tree;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Reads CreateOptions, UpdateOptions, PatchOptions and DeleteOptions from the query, and from the body of a deletion. */
public final class WriteOptions {
  static final String CREATE = "CreateOptions";
  static final String UPDATE = "UpdateOptions";
  static final String PATCH = "PatchOptions";
  /** PatchOptions of a server-side apply, which must name its manager. */
  static final String APPLY = "ApplyOptions";

  private static final int MAX_MANAGER = 128;

  private final SchemaCatalog schemas;

  public WriteOptions(SchemaCatalog schemas) {
    this.schemas = schemas;
  }

  /**
   * Options as admission sees them and as the registry uses them.
   *
   * @param tree the options object
   */
  public record Read(Tree tree, Operation.Options options) {}

  /** The options of a create. */
  public Read readCreate(Call call) {
    return read(call, CREATE);
  }

  Read read(Call call, String kind) {
    boolean apply = kind.equals(APPLY);
    Tree tree = Tree.of("kind", apply ? PATCH : kind, "apiVersion", "meta.k8s.io/v1");
    FieldErrors errors = new FieldErrors();
    List<String> dryRun = call.query().all("dryRun");
    boolean dry = checkDryRun(dryRun, errors);
    if (!dryRun.isEmpty()) {
      tree.set("dryRun", new ArrayList<Object>(dryRun));
    }
    String manager = call.query().value("fieldManager");
    if (!manager.isEmpty()) {
      tree.set("fieldManager", manager);
      MetadataRules.manager(manager, FieldPath.of("fieldManager"), errors);
    } else if (apply) {
      errors.required(FieldPath.of("fieldManager"), "is required for apply patch");
    }
    boolean forced = call.query().has("force");
    if (forced) {
      tree.set("force", call.query().flag("force"));
      if (!apply && kind.equals(PATCH)) {
        errors.forbidden(FieldPath.of("force"), "may not be specified for non-apply patch");
      }
    }
    String validation = call.query().value("fieldValidation");
    if (!validation.isEmpty()) {
      tree.set("fieldValidation", validation);
    }
    FieldValidation level = validation(validation, errors);
    fail(tree.string("kind"), errors);
    boolean patch = tree.string("kind").equals(PATCH);
    return new Read(tree, new Operation.Options(dry, manager.isEmpty() ? agent(call) : manager, call.query().flag("force"), level, patch));
  }

  /** Reads a deletion's options: those of the body, if there is one, else of the query. */
  Read readDelete(Call call, Bodies bodies) throws IOException {
    byte[] body = bodies.bytes(call);
    Tree tree;
    if (body.length > 0) {
      MediaType type = Negotiation.body(call.exchange().headers().value("Content-Type"), true);
      GroupVersionKind kind = new GroupVersionKind("", "v1", "DeleteOptions");
      tree = bodies.deleteOptions(body, type, new Bodies.Expected(kind, schemas.kind(kind).orElse(null), false));
    } else {
      tree = deleteQuery(call);
    }
    boolean dry = checkDelete(tree);
    return new Read(tree, new Operation.Options(dry, agent(call), false, FieldValidation.IGNORE));
  }

  /** Checks DeleteOptions and answers whether they ask for a dry run. @throws ApiException 422 when they are invalid */
  public static boolean checkDelete(Tree tree) {
    FieldErrors errors = new FieldErrors();
    boolean dry = checkDryRun(tree.strings("dryRun"), errors);
    String policy = tree.string("propagationPolicy");
    if (tree.get("propagationPolicy") != null) {
      if (tree.get("orphanDependents") != null) {
        errors.invalid(FieldPath.of("propagationPolicy"), policy, "orphanDependents and deletionPropagation cannot be both set");
      }
      if (!List.of("Foreground", "Background", "Orphan").contains(policy)) {
        errors.notSupported(FieldPath.of("propagationPolicy"), policy, List.of("Foreground", "Background", "Orphan", "nil"));
      }
    }
    fail("DeleteOptions", errors);
    return dry;
  }

  private static Tree deleteQuery(Call call) {
    Tree tree = Tree.of("kind", "DeleteOptions", "apiVersion", "meta.k8s.io/v1");
    call.query()
        .first("gracePeriodSeconds")
        .ifPresent(text -> tree.set("gracePeriodSeconds", number(text)));
    call.query().first("orphanDependents").ifPresent(text -> tree.set("orphanDependents", call.query().flag("orphanDependents")));
    call.query().first("propagationPolicy").ifPresent(text -> tree.set("propagationPolicy", text));
    if (call.query().has("ignoreStoreReadErrorWithClusterBreakingPotential")) {
      tree.set(
          "ignoreStoreReadErrorWithClusterBreakingPotential", call.query().flag("ignoreStoreReadErrorWithClusterBreakingPotential"));
    }
    List<String> dryRun = call.query().all("dryRun");
    if (!dryRun.isEmpty()) {
      tree.set("dryRun", new ArrayList<Object>(dryRun));
    }
    return tree;
  }

  private static long number(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw ApiException.badRequest("strconv.ParseInt: parsing \"" + text + "\": invalid syntax");
    }
  }

  private static boolean checkDryRun(List<String> values, FieldErrors errors) {
    for (String value : values) {
      if (!value.equals("All")) {
        errors.notSupported(FieldPath.of("dryRun"), new ArrayList<Object>(values), List.of("All"));
        return false;
      }
    }
    return !values.isEmpty();
  }

  private static FieldValidation validation(String text, FieldErrors errors) {
    return switch (text) {
      case "", "Warn" -> FieldValidation.WARN;
      case "Ignore" -> FieldValidation.IGNORE;
      case "Strict" -> FieldValidation.STRICT;
      default -> {
        errors.notSupported(FieldPath.of("fieldValidation"), text, List.of("", "Ignore", "Strict", "Warn"));
        yield FieldValidation.WARN;
      }
    };
  }

  private static void fail(String kind, FieldErrors errors) {
    if (!errors.isEmpty()) {
      throw ApiException.invalid("meta.k8s.io", kind, "", errors);
    }
  }

  /** The field manager of clients that name none: the user agent up to its first slash. */
  private static String agent(Call call) {
    String agent = call.exchange().headers().value("User-Agent");
    int slash = agent.indexOf('/');
    String manager = slash < 0 ? agent : agent.substring(0, slash);
    StringBuilder printable = new StringBuilder();
    manager.codePoints().filter(c -> !Character.isISOControl(c)).limit(MAX_MANAGER).forEach(printable::appendCodePoint);
    return printable.toString();
  }
}
