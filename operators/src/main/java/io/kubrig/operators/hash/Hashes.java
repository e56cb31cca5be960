package io.kubrig.operators.hash;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.kubrig.operators.engine.Objects;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** Hashes of pod templates and revisions, equal to the native controllers'. */
public final class Hashes {
  /** The label of pods and replica sets that carries a template's hash. */
  public static final String TEMPLATE_HASH = "pod-template-hash";

  private static final String SAFE = "bcdfghjklmnpqrstvwxz2456789";
  private static final String TEMPLATE = "v1.PodTemplateSpec";
  private static final int FNV_OFFSET = 0x811c9dc5;
  private static final int FNV_PRIME = 0x01000193;

  private Hashes() {}

  /**
   * The {@code pod-template-hash} of a template; DaemonSets' revisions have the same.
   *
   * @param collisions the owner's collision count; null when it has none
   */
  public static String template(PodTemplateSpec template, Integer collisions) {
    int hash = fnv1a(FNV_OFFSET, printed(template).getBytes(StandardCharsets.UTF_8));
    if (collisions != null) {
      hash = fnv1a(hash, ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putInt(collisions).array());
    }
    return encode(hash);
  }

  /** The text that {@link #template} hashes. */
  static String printed(PodTemplateSpec template) {
    return GoPrinter.print(GoTypes.POD_TEMPLATE, TEMPLATE, tree(template));
  }

  /**
   * The hash of a revision of a StatefulSet.
   *
   * @param data the revision's patch, as {@link #templatePatch} makes it
   * @param collisions the owner's collision count
   */
  public static String revision(Map<String, ?> data, int collisions) {
    int hash = fnv1(FNV_OFFSET, GoJson.text(data).getBytes(StandardCharsets.UTF_8));
    return encode(fnv1(hash, Integer.toString(collisions).getBytes(StandardCharsets.UTF_8)));
  }

  /** The patch that a revision keeps: it replaces the template by this one. */
  public static Map<String, Object> templatePatch(PodTemplateSpec template) {
    Map<String, Object> patch = new TreeMap<>((Map<String, ?>) normalized(template));
    patch.put("$patch", "replace");
    return new LinkedHashMap<>(Map.of("spec", Map.of("template", patch)));
  }

  /** Whether two templates mean the same, the label {@code pod-template-hash} aside. */
  public static boolean sameTemplate(PodTemplateSpec a, PodTemplateSpec b) {
    if (!unlabelledLabels(a).equals(unlabelledLabels(b))) {
      return false;
    }
    return looksSame(a, b) || normalized(unlabelled(a)).equals(normalized(unlabelled(b)));
  }

  private static Map<String, String> unlabelledLabels(PodTemplateSpec template) {
    Map<String, String> labels = template.getMetadata() == null ? Map.of() : Objects.orEmpty(template.getMetadata().getLabels());
    if (!labels.containsKey(TEMPLATE_HASH)) {
      return labels;
    }
    Map<String, String> others = new HashMap<>(labels);
    others.remove(TEMPLATE_HASH);
    return others;
  }

  /** Whether nothing but labels differs, as mostly between a template and its copy: found much quicker than what both mean. */
  private static boolean looksSame(PodTemplateSpec a, PodTemplateSpec b) {
    return java.util.Objects.equals(a.getSpec(), b.getSpec()) && apartFromLabels(a).equals(apartFromLabels(b))
        && a.getAdditionalProperties().equals(b.getAdditionalProperties());
  }

  private static ObjectMeta apartFromLabels(PodTemplateSpec template) {
    ObjectMeta metadata = template.getMetadata() == null ? new ObjectMeta() : template.getMetadata();
    return new ObjectMetaBuilder(metadata).withLabels(null).build();
  }

  private static PodTemplateSpec unlabelled(PodTemplateSpec template) {
    if (template.getMetadata() == null || !Objects.orEmpty(template.getMetadata().getLabels()).containsKey(TEMPLATE_HASH)) {
      return template;
    }
    PodTemplateSpec copy = Objects.copy(template);
    copy.getMetadata().getLabels().remove(TEMPLATE_HASH);
    return copy;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, ?> normalized(PodTemplateSpec template) {
    return (Map<String, ?>) GoJson.normalized(GoTypes.POD_TEMPLATE, TEMPLATE, tree(template));
  }

  private static Map<?, ?> tree(PodTemplateSpec template) {
    return Objects.parse(Objects.json(template), Map.class);
  }

  /** 32 bits in letters that spell no words (apimachinery's SafeEncodeString of the decimal number). */
  static String encode(int hash) {
    String decimal = Integer.toUnsignedString(hash);
    StringBuilder encoded = new StringBuilder();
    decimal.chars().forEach(digit -> encoded.append(SAFE.charAt(digit % SAFE.length())));
    return encoded.toString();
  }

  private static int fnv1a(int hash, byte[] bytes) {
    for (byte b : bytes) {
      hash = (hash ^ (b & 0xff)) * FNV_PRIME;
    }
    return hash;
  }

  private static int fnv1(int hash, byte[] bytes) {
    for (byte b : bytes) {
      hash = (hash * FNV_PRIME) ^ (b & 0xff);
    }
    return hash;
  }
}
