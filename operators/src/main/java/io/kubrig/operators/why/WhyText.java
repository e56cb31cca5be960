package io.kubrig.operators.why;

import java.util.List;
import java.util.Locale;

/** A chain as text for people: one line per link, deeper links further in, evidence below each. */
public final class WhyText {
  private WhyText() {}

  /** @param unread what could not be read */
  public static String of(Finding finding, List<String> unread) {
    StringBuilder text = new StringBuilder();
    link(text, finding, "", "");
    unread.forEach(gap -> text.append("(not read: ").append(gap).append(")\n"));
    return text.toString();
  }

  private static void link(StringBuilder text, Finding finding, String first, String rest) {
    text.append(first).append(finding.object()).append(": ").append(finding.says());
    if (finding.standing() == Standing.BLOCKED) {
      text.append(" [").append(finding.standing().name().toLowerCase(Locale.ROOT)).append(']');
    }
    text.append('\n');
    String bar = finding.because().isEmpty() ? "    " : "│   ";
    finding.evidence().forEach(evidence -> text.append(rest).append(bar).append("· ").append(evidence).append('\n'));
    for (int i = 0; i < finding.because().size(); i++) {
      boolean last = i == finding.because().size() - 1;
      link(text, finding.because().get(i), rest + (last ? "└── " : "├── "), rest + (last ? "    " : "│   "));
    }
  }
}
