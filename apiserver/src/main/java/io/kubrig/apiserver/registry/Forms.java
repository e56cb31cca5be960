package io.kubrig.apiserver.registry;

import io.kubrig.machinery.json.Document;
import io.kubrig.machinery.schema.Decoded;
import io.kubrig.machinery.schema.Decoder;
import io.kubrig.machinery.schema.FieldDefaults;
import io.kubrig.machinery.schema.Schema;
import io.kubrig.machinery.schema.SchemaCatalog;
import io.kubrig.machinery.schema.StructuralDecoder;
import io.kubrig.machinery.schema.StructuralDefaults;
import io.kubrig.machinery.tree.Tree;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The normal forms of objects by schema: built-in kinds as their native types would encode them, custom ones pruned and defaulted. */
public final class Forms {
  private final Schema objectMeta;
  private final PerResource<Map<String, Tree>> empties = new PerResource<>();

  public Forms(SchemaCatalog schemas) {
    objectMeta = schemas.definition("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta").orElseThrow();
  }

  /** Decodes what a client sent. */
  public Decoded decode(Schema schema, boolean custom, Document document) {
    return decode(schema, custom, document, Decoder.Wording.JSON);
  }

  /** Decodes what a client sent, complaining in the words of one of native's decoders. */
  public Decoded decode(Schema schema, boolean custom, Document document, Decoder.Wording wording) {
    return custom ? new StructuralDecoder(schema, objectMeta, true).decode(document) : new Decoder(schema).decode(document, wording);
  }

  /** Brings an object that came about otherwise into its normal form. The tree is used up. */
  public Tree normalise(Schema schema, boolean custom, Tree tree) {
    return custom ? new StructuralDecoder(schema, objectMeta, true).normalise(tree) : new Decoder(schema).normalise(tree);
  }

  /** Fills what the schema itself states as default. */
  public static void applyDefaults(Schema schema, boolean custom, Tree object) {
    if (custom) {
      StructuralDefaults.apply(object, schema);
    } else {
      FieldDefaults.apply(object, schema);
    }
  }

  /** What an object of a kind shows when nothing is set: the members that are always written. A copy of its own. */
  public Tree empty(Resource resource, String version) {
    Schema schema = resource.schema(version).orElseThrow();
    if (resource.custom()) {
      return new Tree();
    }
    Map<String, Tree> byVersion = empties.of(resource, ConcurrentHashMap::new);
    Tree known = byVersion.get(version);
    return (known != null ? known : byVersion.computeIfAbsent(version, key -> new Decoder(schema).normalise(new Tree()))).copy();
  }
}
