package io.kubrig.apiserver.kinds.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kubrig.apiserver.kinds.core.VolumeSpecRules;
import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.status.InternalForm;
import io.kubrig.apiserver.table.Columns;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.machinery.tree.Tree;
import java.util.List;
import java.util.Map;

/** Attachments of volumes to nodes. */
final class VolumeAttachmentKind implements Kind {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final FieldPath STATUS = FieldPath.of("status");

  /** What a driver may say of an attachment, keys and values together. Unit: bytes. */
  private static final int MAX_METADATA = 256 << 10;

  /** What a driver may say of a fault. Unit: bytes. */
  private static final int MAX_MESSAGE = 1024;

  private static final TableColumns COLUMNS =
      Columns.of(
          (attachment, now) ->
              Columns.row(
                  Columns.name(attachment),
                  attachment.tree("spec").string("attacher"),
                  attachment.tree("spec").tree("source").string("persistentVolumeName"),
                  attachment.tree("spec").string("nodeName"),
                  attachment.tree("status").bool("attached"),
                  Columns.age(attachment, now)),
          Columns.NAME,
          new TableColumns.Column("Attacher", "string", "name",
              "attacher indicates the name of the volume driver that must handle this request.", 0),
          Columns.text("PV", "persistentVolumeName represents the name of the persistent volume to attach."),
          Columns.text("Node", "nodeName represents the node that the volume should be attached to."),
          Columns.flag("Attached", "attached indicates the volume is successfully attached."),
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
  public boolean countsGenerations() {
    return false;
  }

  @Override
  public boolean unconditionalUpdate() {
    return false;
  }

  @Override
  public boolean answersDeletedObject() {
    return true;
  }

  @Override
  public void validate(Tree object, FieldErrors errors, Operation operation) {
    Tree spec = object.tree("spec");
    Drivers.name(spec.string("attacher"), SPEC.child("attacher"), errors);
    Tree source = spec.tree("source");
    boolean inline = source.get("inlineVolumeSpec") != null;
    boolean named = source.get("persistentVolumeName") != null;
    if (inline && named) {
      errors.forbidden(SPEC.child("source"), "must specify exactly one of inlineVolumeSpec and persistentVolumeName");
    } else if (!inline && !named) {
      errors.required(SPEC.child("source"), "must specify exactly one of inlineVolumeSpec and persistentVolumeName");
    } else if (named && source.string("persistentVolumeName").isEmpty()) {
      errors.required(SPEC.child("source", "persistentVolumeName"), "must specify non empty persistentVolumeName");
    } else if (inline) {
      VolumeSpecRules.inline(source.tree("inlineVolumeSpec"), SPEC.child("source", "inlineVolumeSpec"), errors);
    }
    if (source.get("persistentVolumeName") instanceof String volume) {
      Names.dnsSubdomain(volume).forEach(text -> errors.invalid(SPEC.child("source", "persistentVolumeName"), volume, text));
    }
    String node = spec.string("nodeName");
    Names.dnsSubdomain(node).forEach(text -> errors.invalid(SPEC.child("nodeName"), node, text));
  }

  @Override
  public void validateStatusUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    Tree status = object.tree("status");
    int metadata = 0;
    for (Map.Entry<String, String> entry : status.stringMap("attachmentMetadata").entrySet()) {
      metadata += entry.getKey().getBytes(UTF_8).length + entry.getValue().getBytes(UTF_8).length;
    }
    if (metadata > MAX_METADATA) {
      errors.tooLong(STATUS.child("attachmentMetadata"), MAX_METADATA);
    }
    for (String member : List.of("attachError", "detachError")) {
      Tree error = status.tree(member);
      if (error.string("message").getBytes(UTF_8).length > MAX_MESSAGE) {
        errors.tooLong(STATUS.child(member, "message"), MAX_METADATA); // native names the other bound too
      }
      if (error.integer("errorCode") < 0) {
        errors.invalid(STATUS.child(member, "errorCode"), error.integer("errorCode"), "must be between 0 and 2147483647, inclusive");
      }
    }
  }

  @Override
  public void validateUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    if (!object.tree("spec").equals(old.tree("spec"))) {
      errors.invalid(SPEC, InternalForm.of("storage.VolumeAttachmentSpec", object.tree("spec")), "field is immutable");
    }
  }

  @Override
  public TableColumns columns() {
    return COLUMNS;
  }
}
