package io.kubrig.apiserver.encryption;

/**
 * A resource as an EncryptionConfiguration names it: {@code secrets}, {@code deployments.apps}, {@code *.apps}, {@code *.} (the core
 * group), {@code *.*}.
 *
 * @param group "" for the core group, "*" for all
 * @param plural "*" for all
 */
public record StoredResource(String group, String plural) {
  static final StoredResource EVERYTHING = new StoredResource("*", "*");

  /** Reads {@code plural.group}. */
  public static StoredResource parse(String text) {
    int dot = text.indexOf('.');
    return dot < 0 ? new StoredResource("", text) : new StoredResource(text.substring(dot + 1), text.substring(0, dot));
  }

  StoredResource wholeGroup() {
    return new StoredResource(group, "*");
  }

  @Override
  public String toString() {
    return group.isEmpty() ? plural.equals("*") ? "*." : plural : plural + "." + group;
  }
}
