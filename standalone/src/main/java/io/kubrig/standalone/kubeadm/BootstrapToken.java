package io.kubrig.standalone.kubeadm;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.kubrig.machinery.component.StartException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A token by which machines join, and the Secret that keeps it.
 *
 * @param id its public half, six characters
 * @param secret its other half, sixteen characters
 * @param expires when it ends; empty for never
 * @param usages {@code authentication}, {@code signing}
 * @param groups of whoever shows it
 */
public record BootstrapToken(String id, String secret, String description, Optional<Instant> expires, List<String> usages,
    List<String> groups) {
  /** The group of nodes that join. */
  public static final String NODES = "system:bootstrappers:kubeadm:default-node-token";
  /** The usages of a token that serves to join. */
  public static final List<String> USAGES = List.of("signing", "authentication");
  /** The type of the Secrets. */
  public static final String TYPE = "bootstrap.kubernetes.io/token";
  /** Where the Secrets are. */
  public static final String NAMESPACE = "kube-system";
  /** The form of a token. */
  public static final String PATTERN = "\\A([a-z0-9]{6})\\.([a-z0-9]{16})\\z";
  /** The form of the public half. */
  public static final String ID_PATTERN = "\\A([a-z0-9]{6})\\z";

  private static final Pattern TOKEN = Pattern.compile(PATTERN);
  private static final String GROUP_PATTERN = "\\Asystem:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]\\z";
  private static final String PREFIX = "bootstrap-token-";
  private static final String USAGE = "usage-bootstrap-";
  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";

  public BootstrapToken {
    usages = List.copyOf(usages);
    groups = List.copyOf(groups);
  }

  /** A token for nodes, from text; it never ends. @throws StartException when the text is none */
  public static BootstrapToken parse(String text) {
    Matcher parts = TOKEN.matcher(text);
    if (!parts.matches()) {
      throw new StartException("the bootstrap token \"" + text + "\" was not of the form \"" + PATTERN
          + "\": make one with 'kubrig token generate'");
    }
    return new BootstrapToken(parts.group(1), parts.group(2), "", Optional.empty(), USAGES, List.of(NODES));
  }

  /** A new token. @param random that nobody can foresee */
  public static BootstrapToken generate(RandomGenerator random) {
    return parse(letters(random, 6) + "." + letters(random, 16));
  }

  private static String letters(RandomGenerator random, int count) {
    StringBuilder out = new StringBuilder(count);
    for (int i = 0; i < count; i++) {
      out.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return out.toString();
  }

  /** This token with all that is said about it. @throws StartException when usages or groups are none */
  public BootstrapToken with(String about, Optional<Instant> end, List<String> uses, List<String> members) {
    for (String use : uses) {
      if (!USAGES.contains(use)) {
        throw new StartException("--usages: invalid bootstrap token usage string: " + use + ", valid usage options: authentication, "
            + "signing");
      }
    }
    if (!members.isEmpty() && !uses.contains("authentication")) {
      throw new StartException("token groups cannot be specified unless --usages includes \"authentication\"");
    }
    for (String group : members) {
      if (!group.matches(GROUP_PATTERN)) {
        throw new StartException("--groups: bootstrap group \"" + group + "\" is invalid (must match " + GROUP_PATTERN + ")");
      }
    }
    return new BootstrapToken(id, secret, about, end.map(instant -> instant.truncatedTo(ChronoUnit.SECONDS)), uses, members);
  }

  /** The token itself. */
  public String text() {
    return id + "." + secret;
  }

  /** The name of the Secret of a token. */
  public static String secretName(String id) {
    return PREFIX + id;
  }

  /** What keeps it in the cluster. */
  public Secret toSecret() {
    Map<String, String> data = new TreeMap<>();
    data.put("token-id", id);
    data.put("token-secret", secret);
    if (!description.isEmpty()) {
      data.put("description", description);
    }
    expires.ifPresent(end -> data.put("expiration", end.toString()));
    usages.forEach(usage -> data.put(USAGE + usage, "true"));
    if (!groups.isEmpty()) {
      data.put("auth-extra-groups", String.join(",", groups));
    }
    data.replaceAll((key, value) -> Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8)));
    return new SecretBuilder().withNewMetadata().withName(secretName(id)).withNamespace(NAMESPACE).endMetadata().withType(TYPE)
        .withData(data).build();
  }

  /** The token that a Secret keeps. @throws StartException when it keeps none */
  public static BootstrapToken of(Secret kept) {
    String name = kept.getMetadata().getName();
    Map<String, String> data = new TreeMap<>();
    if (kept.getData() != null) {
      kept.getData().forEach((key, value) -> data.put(key, new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8)));
    }
    String id = data.getOrDefault("token-id", "");
    if (id.isEmpty()) {
      throw new StartException("bootstrap Token Secret has no token-id data: " + name);
    }
    if (!name.equals(secretName(id))) {
      throw new StartException("bootstrap token name is not of the form '" + PREFIX + "(token-id)'. Actual: \"" + name
          + "\". Expected: \"" + secretName(id) + "\"");
    }
    if (data.getOrDefault("token-secret", "").isEmpty()) {
      throw new StartException("bootstrap Token Secret has no token-secret data: " + name);
    }
    List<String> usages = new ArrayList<>();
    data.forEach((key, value) -> {
      if (key.startsWith(USAGE) && value.equals("true")) {
        usages.add(key.substring(USAGE.length()));
      }
    });
    String groups = data.getOrDefault("auth-extra-groups", "");
    BootstrapToken token = parse(id + "." + data.get("token-secret"));
    return new BootstrapToken(token.id, token.secret, data.getOrDefault("description", ""), expiration(name, data), usages,
        groups.isEmpty() ? List.of() : List.of(groups.split(",")));
  }

  private static Optional<Instant> expiration(String name, Map<String, String> data) {
    String text = data.getOrDefault("expiration", "");
    try {
      return text.isEmpty() ? Optional.empty() : Optional.of(OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeParseException e) {
      throw new StartException("can't parse expiration time of bootstrap token \"" + name + "\": " + text, e);
    }
  }
}
