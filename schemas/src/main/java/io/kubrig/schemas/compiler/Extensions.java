package io.kubrig.schemas.compiler;

import io.kubrig.machinery.tree.Tree;
import io.kubrig.schemas.compiler.GoFields.GoField;
import io.kubrig.schemas.compiler.Message.MessageField;
import java.util.ArrayList;
import java.util.List;

/** The {@code x-kubernetes-…} members that OpenAPI publishes for markers. */
final class Extensions {
  private Extensions() {}

  static Tree ofType(Message message, List<GoField> fields) {
    Tree members = new Tree();
    message.comment().value("structType").or(() -> message.comment().value("mapType"))
        .ifPresent(value -> members.set("x-kubernetes-map-type", value));
    if (message.comment().has("union")) {
      members.set("x-kubernetes-unions", new ArrayList<>(List.<Object>of(union(message, fields))));
    }
    return members;
  }

  private static Tree union(Message message, List<GoField> fields) {
    Tree union = new Tree();
    Tree members = new Tree();
    for (GoField field : fields) {
      if (field instanceof GoFields.Named named) {
        MessageField proto = message.field(named.protoName()).orElse(null);
        if (proto == null) {
          continue;
        }
        if (proto.comment().has("unionDiscriminator")) {
          union.set("discriminator", named.name());
        } else if (proto.comment().has("optional")) {
          members.set(named.name(), Character.toUpperCase(named.name().charAt(0)) + named.name().substring(1));
        }
      }
    }
    return union.set("fields-to-discriminateBy", members);
  }

  static Tree ofField(Comment comment) {
    Tree members = new Tree();
    List<String> keys = comment.values("listMapKey");
    if (!keys.isEmpty()) {
      members.set("x-kubernetes-list-map-keys", new ArrayList<Object>(keys));
    }
    comment.value("listType").ifPresent(value -> members.set("x-kubernetes-list-type", value));
    comment.value("mapType").or(() -> comment.value("structType")).ifPresent(value -> members.set("x-kubernetes-map-type", value));
    comment.value("patchMergeKey").ifPresent(value -> members.set("x-kubernetes-patch-merge-key", value));
    comment.value("patchStrategy").ifPresent(value -> members.set("x-kubernetes-patch-strategy", value));
    return members;
  }
}
