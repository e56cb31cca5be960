package io.kubrig.schemas.compiler;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.Annotation;
import java.lang.classfile.AnnotationElement;
import java.lang.classfile.AnnotationValue;
import java.lang.classfile.AttributedElement;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The descriptions that client-java-api carries as annotations of its models ({@code V1Pod}, {@code CoreV1Event}); their line breaks are
 * blanks there. Read from the class files, without loading the classes.
 */
final class ApiTexts {
  private static final String MODELS = "io/kubernetes/client/openapi/models/";

  private final Map<String, Map<String, String>> models = new HashMap<>();

  static ApiTexts read(Path jar) {
    ApiTexts texts = new ApiTexts();
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      for (ZipEntry entry : (Iterable<ZipEntry>) zip.stream().map(ZipEntry.class::cast)::iterator) {
        String name = entry.getName();
        if (name.startsWith(MODELS) && name.endsWith(".class") && name.indexOf('$') < 0) {
          String model = name.substring(MODELS.length(), name.length() - ".class".length());
          texts.models.put(model, model(ClassFile.of().parse(zip.getInputStream(entry).readAllBytes())));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + jar, e);
    }
    return texts;
  }

  /** The text of a field of a definition, or of the definition itself (field ""). */
  Optional<String> find(String definition, String field) {
    String[] words = definition.split("\\.");
    String name = words[words.length - 1];
    String version = capital(words[words.length - 2]);
    String group = capital(words[words.length - 3]);
    Map<String, String> model = models.get(group + version + name);
    if (model == null) {
      model = models.get(version + name);
    }
    return model == null ? Optional.empty()
        : Optional.ofNullable(model.get(key(field))).filter(text -> !text.isBlank()).map(ApiTexts::unescape);
  }

  private static Map<String, String> model(ClassModel model) {
    Map<String, String> texts = new HashMap<>();
    annotation(model, "Lio/swagger/annotations/ApiModel;", "description").ifPresent(text -> texts.put("", text));
    for (MethodModel method : model.methods()) {
      String name = method.methodName().stringValue();
      if (name.startsWith("get")) {
        annotation(method, "Lio/swagger/annotations/ApiModelProperty;", "value")
            .ifPresent(text -> texts.put(key(name.substring("get".length())), text));
      }
    }
    return texts;
  }

  private static Optional<String> annotation(AttributedElement element, String type, String member) {
    return element
        .findAttribute(Attributes.runtimeVisibleAnnotations())
        .stream()
        .flatMap(attribute -> attribute.annotations().stream())
        .filter(annotation -> annotation.className().equalsString(type))
        .flatMap(annotation -> value(annotation, member).stream())
        .findFirst();
  }

  private static Optional<String> value(Annotation annotation, String member) {
    for (AnnotationElement element : annotation.elements()) {
      if (element.name().equalsString(member) && element.value() instanceof AnnotationValue.OfString text) {
        return Optional.of(text.stringValue());
      }
    }
    return Optional.empty();
  }

  /** A generated model must not end a Java comment: client-java-api puts an underscore between star and slash. */
  private static String unescape(String text) {
    return text.replace("*_/", "*/").replace("/_*", "/*");
  }

  private static String key(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
  }

  private static String capital(String word) {
    return Character.toUpperCase(word.charAt(0)) + word.substring(1);
  }
}
