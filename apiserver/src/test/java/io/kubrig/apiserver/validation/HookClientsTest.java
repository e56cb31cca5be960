package io.kubrig.apiserver.validation;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.machinery.tree.Tree;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HookClientsTest {
  private static List<String> wrong(Consumer<FieldErrors> rules) {
    FieldErrors errors = new FieldErrors();
    rules.accept(errors);
    return errors.causes().stream().map(cause -> cause.field() + ": " + cause.message()).toList();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
    "http://a.b/c | url: Invalid value: \"http\": 'https' is the only allowed URL scheme; desired format: https://host[/path]",
    "https:///c | url: Invalid value: \"\": host must be specified; desired format: https://host[/path]",
    "https://u@a.b | url: Invalid value: \"u\": user information is not permitted in the URL",
    "https://a.b#x | url: Invalid value: \"x\": fragments are not permitted in the URL",
    "https://a.b?x | url: Invalid value: \"x\": query parameters are not permitted in the URL",
    "https://a.b:x | url: Required value: url must be a valid URL: parse \"https://a.b:x\": invalid port \":x\" after host; desired "
        + "format: "
        + "https://host[/path]",
  })
  void a_url_has_host_and_path_only(String url, String wrong) {
    assertThat(wrong(errors -> HookClients.url(url, FieldPath.of("url"), errors))).containsExactly(wrong);
  }

  @Test
  void what_is_no_url_at_all_lacks_scheme_and_host() {
    assertThat(wrong(errors -> HookClients.url("Bad Value!", FieldPath.of("url"), errors))).hasSize(2);
    assertThat(wrong(errors -> HookClients.url("https://a.b:8443/c d", FieldPath.of("url"), errors))).isEmpty();
  }

  @Test
  void a_service_is_named_and_its_path_has_no_empty_steps() {
    Tree service = Tree.of("name", "", "namespace", "n", "port", 0L, "path", "x//Y");
    assertThat(wrong(errors -> HookClients.service(service, FieldPath.of("s"), errors)))
        .contains(
            "s.namespace: Required value", // sic
            "s.port: Invalid value: 0: port is not valid: must be between 1 and 65535, inclusive",
            "s.path: Invalid value: \"x//Y\": must start with a '/'")
        .hasSize(6);
  }
}
