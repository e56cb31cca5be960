package io.kubrig.apiserver.kinds.flowcontrol;

import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.table.Columns;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.apiserver.validation.Numbers;
import io.kubrig.machinery.tree.Tree;
import java.time.Instant;
import java.util.List;

/** Priority levels of flow control. (Source: pkg/apis/flowcontrol.) */
public final class PriorityLevelKind implements Kind {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final String EXEMPT = "exempt";
  private static final int MAX_QUEUES = 10_000_000;

  private static final TableColumns COLUMNS =
      Columns.of(
          PriorityLevelKind::row,
          Columns.NAME,
          Columns.text("Type", "type indicates whether this priority level is subject to limitation on request execution."),
          Columns.text("NominalConcurrencyShares", "nominalConcurrencyShares configures the concurrency limit of this level."),
          Columns.text("Queues", "queues is the number of queues for this priority level."),
          Columns.text("HandSize", "handSize is a small positive number that configures the shuffle sharding of requests into queues."),
          Columns.text("QueueLengthLimit", "queueLengthLimit is the maximum number of requests allowed to be waiting in a given queue."),
          Columns.AGE);

  @Override
  public MetadataRepeat metadataRepeat() {
    return MetadataRepeat.RULES;
  }

  @Override
  public boolean statusKeepsMetadata() {
    return true;
  }

  @Override
  public boolean hasStatus() {
    return true;
  }

  @Override
  public void applyDefaults(Tree object, String version) {
    Tree spec = object.need("spec");
    if (spec.get(EXEMPT) instanceof Tree exempt) {
      exempt.fill("nominalConcurrencyShares", 0L);
      exempt.fill("lendablePercent", 0L);
    } else if (spec.string("type").equals("Exempt") && object.tree("metadata").string("name").equals(EXEMPT)) {
      spec.set(EXEMPT, Tree.of("nominalConcurrencyShares", 0L, "lendablePercent", 0L));
    }
    if (spec.get("limited") instanceof Tree limited) {
      limited.fill("nominalConcurrencyShares", 30L);
      limited.fill("lendablePercent", 0L);
      if (limited.tree("limitResponse").get("queuing") instanceof Tree queuing) {
        number(queuing, "queues", 64);
        number(queuing, "handSize", 8);
        number(queuing, "queueLengthLimit", 50);
      }
    }
  }

  private static void number(Tree queuing, String member, long value) {
    if (queuing.integer(member) == 0) {
      queuing.set(member, value);
    }
  }

  @Override
  public void validateStatusUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    FlowSchemaKind.conditions(object.tree("status").trees("conditions"), errors);
  }

  @Override
  public void validate(Tree object, FieldErrors errors, Operation operation) {
    Tree spec = object.tree("spec");
    String name = object.tree("metadata").string("name");
    String type = spec.string("type");
    switch (type) {
      case "Exempt" -> {
        if (!name.equals(EXEMPT)) {
          errors.invalid(SPEC.child("type"), type, "must be 'Exempt' if and only if `name` is 'exempt'");
        }
        if (spec.get("limited") != null) {
          errors.forbidden(SPEC.child("limited"), "must be nil if the type is not Limited");
        }
        if (spec.get(EXEMPT) instanceof Tree exempt) {
          Numbers.nonNegative(exempt, "nominalConcurrencyShares", SPEC.child(EXEMPT), errors);
          percent(exempt, SPEC.child(EXEMPT), errors);
        }
      }
      case "Limited" -> {
        if (name.equals(EXEMPT)) {
          errors.invalid(SPEC.child("type"), type, "must be 'Exempt' if and only if `name` is 'exempt'");
        }
        if (spec.get(EXEMPT) != null) {
          errors.forbidden(SPEC.child(EXEMPT), "must be nil if the type is Limited");
        }
        if (spec.get("limited") instanceof Tree limited) {
          limited(limited, errors);
        } else {
          errors.required(SPEC.child("limited"), "must not be empty when type is Limited");
        }
      }
      default -> errors.notSupported(SPEC.child("type"), type, List.of("Exempt", "Limited"));
    }
  }

  private static void percent(Tree holder, FieldPath path, FieldErrors errors) {
    if (holder.get("lendablePercent") instanceof Long percent && (percent < 0 || percent > 100)) {
      errors.invalid(path.child("lendablePercent"), percent, "must be between 0 and 100, inclusive");
    }
  }

  private static void limited(Tree limited, FieldErrors errors) {
    FieldPath path = SPEC.child("limited");
    if (limited.get("nominalConcurrencyShares") instanceof Long shares && shares < 0) {
      errors.invalid(path.child("nominalConcurrencyShares"), shares, "must be a non-negative integer");
    }
    percent(limited, path, errors);
    if (limited.get("borrowingLimitPercent") instanceof Long percent && percent < 0) {
      errors.invalid(path.child("borrowingLimitPercent"), percent, "if specified, must be a non-negative integer");
    }
    Tree response = limited.tree("limitResponse");
    FieldPath at = path.child("limitResponse");
    switch (response.string("type")) {
      case "Reject" -> {
        if (response.get("queuing") != null) {
          errors.forbidden(at.child("queuing"), "must be nil if limited.limitResponse.type is not Limited");
        }
      }
      case "Queue" -> {
        if (response.get("queuing") instanceof Tree queuing) {
          queuing(queuing, at.child("queuing"), errors);
        } else {
          errors.required(at.child("queuing"), "must not be empty if limited.limitResponse.type is Limited");
        }
      }
      default -> errors.notSupported(at.child("type"), response.string("type"), List.of("Queue", "Reject"));
    }
  }

  private static void queuing(Tree queuing, FieldPath path, FieldErrors errors) {
    long queues = queuing.integer("queues");
    long hand = queuing.integer("handSize");
    if (queuing.integer("queueLengthLimit") <= 0) {
      errors.invalid(path.child("queueLengthLimit"), queuing.integer("queueLengthLimit"), "must be positive");
    }
    if (queues <= 0) {
      errors.invalid(path.child("queues"), queues, "must be positive");
    } else if (queues > MAX_QUEUES) {
      errors.invalid(path.child("queues"), queues, "must not be greater than " + MAX_QUEUES);
    }
    if (hand <= 0) {
      errors.invalid(path.child("handSize"), hand, "must be positive");
    } else if (hand > queues) {
      errors.invalid(
          path.child("handSize"), hand, "should not be greater than queues (" + queues + ")");
    } else if (hand * (Math.log(queues) / Math.log(2)) > 60) {
      errors.invalid(
          path.child("handSize"), hand,
              "required entropy bits of deckSize " + queues + " and handSize " + hand + " should not be greater than 60");
    }
  }

  @Override
  public TableColumns columns() {
    return COLUMNS;
  }

  private static List<Object> row(Tree level, Instant now) {
    Tree spec = level.tree("spec");
    Tree limited = spec.tree("limited");
    Tree queuing = limited.tree("limitResponse").tree("queuing");
    Tree holder = spec.get("limited") instanceof Tree ? limited : spec.tree(EXEMPT);
    return Columns.row(
        Columns.name(level),
        spec.string("type"),
        orNone(holder.get("nominalConcurrencyShares")),
        orNone(queuing.get("queues")),
        orNone(queuing.get("handSize")),
        orNone(queuing.get("queueLengthLimit")),
        Columns.age(level, now));
  }

  private static Object orNone(Object value) {
    return value == null ? "<none>" : value;
  }
}
