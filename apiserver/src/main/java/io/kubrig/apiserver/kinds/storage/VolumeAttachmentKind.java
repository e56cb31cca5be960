package io.kubrig.apiserver.kinds.storage;

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

/** Attachments of volumes to nodes. */
final class VolumeAttachmentKind implements Kind {
  private static final FieldPath SPEC = FieldPath.of("spec");

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
