package io.kubrig.machinery.yaml;

import io.kubrig.machinery.json.Document;
import io.kubrig.machinery.json.Limits;
import io.kubrig.machinery.tree.Tree;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/** Reads and writes YAML. Members come out sorted by name, as a conversion to JSON through Go's maps leaves them. */
public final class Yaml {
  private static final String CONVERTING = "error converting YAML to JSON: yaml: ";

  private Yaml() {}

  /**
   * Reads the first document of a stream; an empty stream is null.
   *
   * @return the value and, as remarks, the members that were given twice ({@code line 8: key "k" already set in map})
   * @throws YamlException if the text is not YAML, has no JSON form, or exceeds a limit
   */
  public static Document readDocument(byte[] bytes, Limits limits) {
    List<Document> documents = read(bytes, limits, 1);
    return documents.isEmpty() ? Document.of(null) : documents.getFirst();
  }

  /** Reads every document of a stream (manifests, configuration files); empty documents are left out. */
  public static List<Object> readAll(byte[] bytes, Limits limits) {
    return read(bytes, limits, Integer.MAX_VALUE).stream().map(Document::value).filter(value -> value != null).toList();
  }

  /** Reads the single object of a trusted text, an empty one from an empty text. */
  public static Tree readTree(String text) {
    Object value = readDocument(text.getBytes(StandardCharsets.UTF_8), Limits.TRUSTED).value();
    return switch (value) {
      case null -> new Tree();
      case Tree tree -> tree;
      default -> throw new YamlException("error unmarshaling JSON: the document is no object");
    };
  }

  /** The block form, members sorted by name, with a final line end. */
  public static String write(Object value) {
    return new YamlWriter().document(value);
  }

  private static List<Document> read(byte[] bytes, Limits limits, int most) {
    if (bytes.length > limits.maxBytes()) {
      throw new YamlException(CONVERTING + "the document of " + bytes.length + " bytes exceeds the limit of " + limits.maxBytes());
    }
    LoadSettings settings = LoadSettings.builder().setCodePointLimit(limits.maxBytes()).build();
    List<Document> documents = new ArrayList<>();
    try {
      YamlComposer composer = new YamlComposer(new ParserImpl(settings, new StreamReader(settings, text(bytes))), limits);
      while (documents.size() < most && composer.hasNext()) {
        documents.add(composer.next());
      }
      return documents;
    } catch (MarkedYamlEngineException e) {
      String line = e.getProblemMark().map(mark -> "line " + (mark.getLine() + 1) + ": ").orElse("");
      throw new YamlException(CONVERTING + line + e.getProblem());
    } catch (YamlEngineException e) {
      throw new YamlException(CONVERTING + e.getMessage());
    }
  }

  private static String text(byte[] bytes) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.startsWith("\ufeff") ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      throw new YamlException(CONVERTING + "invalid UTF-8");
    }
  }
}
