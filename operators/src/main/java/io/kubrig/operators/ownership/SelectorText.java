package io.kubrig.operators.ownership;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import io.kubrig.operators.engine.Objects;
import java.util.Map;
import java.util.TreeMap;

/** A label selector as Go prints the pointer to it, which is how it stands in messages of events. */
public final class SelectorText {
  private SelectorText() {}

  /** The text; {@code nil} for none. */
  public static String of(LabelSelector selector) {
    if (selector == null) {
      return "nil";
    }
    StringBuilder text = new StringBuilder("&LabelSelector{MatchLabels:map[string]string{");
    for (Map.Entry<String, String> label : new TreeMap<>(Objects.orEmpty(selector.getMatchLabels())).entrySet()) {
      text.append(label.getKey()).append(": ").append(label.getValue()).append(',');
    }
    text.append("},MatchExpressions:[]LabelSelectorRequirement{");
    for (LabelSelectorRequirement term : Objects.orEmpty(selector.getMatchExpressions())) {
      text.append("LabelSelectorRequirement{Key:").append(term.getKey()).append(",Operator:").append(term.getOperator())
          .append(",Values:[").append(String.join(" ", Objects.orEmpty(term.getValues()))).append("],},");
    }
    return text.append("},}").toString();
  }
}
