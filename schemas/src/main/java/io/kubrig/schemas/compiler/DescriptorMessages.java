package io.kubrig.schemas.compiler;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import io.kubrig.schemas.compiler.Message.Cardinality;
import io.kubrig.schemas.compiler.Message.MessageField;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The messages that client-java-proto describes. */
final class DescriptorMessages {
  private DescriptorMessages() {}

  /** Adds all messages of the classes that the comments name, by OpenAPI definition name. */
  static void addTo(Map<String, Message> messages, ProtoComments comments) {
    for (String name : comments.fileClasses()) {
      try {
        FileDescriptor file = (FileDescriptor) Class.forName(name).getMethod("getDescriptor").invoke(null);
        for (Descriptor descriptor : file.getMessageTypes()) {
          Message message = message(descriptor, comments);
          messages.put(message.name(), message);
        }
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("client-java-proto has no descriptor " + name, e);
      }
    }
  }

  private static Message message(Descriptor descriptor, ProtoComments comments) {
    List<MessageField> fields = new ArrayList<>();
    for (FieldDescriptor field : descriptor.getFields()) {
      Comment comment = comments.field(descriptor.getFullName(), field.getName());
      if (field.isMapField()) {
        FieldDescriptor value = field.getMessageType().findFieldByName("value");
        fields.add(new MessageField(field.getName(), field.getNumber(), Cardinality.MAP, type(value), comment));
      } else {
        Cardinality cardinality = field.isRepeated() ? Cardinality.LIST : Cardinality.ONE;
        fields.add(new MessageField(field.getName(), field.getNumber(), cardinality, type(field), comment));
      }
    }
    return new Message(definitionName(descriptor.getFullName()), comments.message(descriptor.getFullName()), fields);
  }

  private static String type(FieldDescriptor field) {
    return field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
        ? definitionName(field.getMessageType().getFullName())
        : field.getType().name().toLowerCase(Locale.ROOT);
  }

  /** {@code k8s.io.api.core.v1.Pod} is published as {@code io.k8s.api.core.v1.Pod}. */
  static String definitionName(String protoName) {
    return protoName
        .replaceFirst("^k8s\\.io\\.", "io.k8s.")
        .replaceFirst("^io\\.k8s\\.apiextensions_apiserver\\.", "io.k8s.apiextensions-apiserver.");
  }
}
