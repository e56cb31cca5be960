package io.kubrig.apiserver.discovery;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The order of version names: stable before beta before alpha, each newest first, then names of another form by the alphabet. (Source:
 * apimachinery/pkg/version, CompareKubeAwareVersionStrings.)
 */
public final class VersionOrder {
  private static final Pattern FORM = Pattern.compile("v([1-9]\\d*)(?:(alpha|beta)([1-9]\\d*))?");

  /** Newest first. */
  public static final Comparator<String> NEWEST = VersionOrder::compare;

  private VersionOrder() {}

  private static int compare(String a, String b) {
    Matcher x = FORM.matcher(a);
    Matcher y = FORM.matcher(b);
    boolean kubeX = x.matches();
    boolean kubeY = y.matches();
    if (!kubeX || !kubeY) {
      return kubeX ? -1 : kubeY ? 1 : a.compareTo(b);
    }
    int byStability = Integer.compare(stability(y), stability(x));
    if (byStability != 0) {
      return byStability;
    }
    int byMajor = number(y.group(1)).compareTo(number(x.group(1)));
    return byMajor != 0 ? byMajor : number(y.group(3)).compareTo(number(x.group(3)));
  }

  private static int stability(Matcher version) {
    return version.group(2) == null ? 2 : version.group(2).equals("beta") ? 1 : 0;
  }

  private static java.math.BigInteger number(String digits) {
    return digits == null ? java.math.BigInteger.ZERO : new java.math.BigInteger(digits);
  }
}
