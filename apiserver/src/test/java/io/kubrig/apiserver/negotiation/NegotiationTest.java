package io.kubrig.apiserver.negotiation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubrig.apiserver.negotiation.Negotiation.Offer;
import io.kubrig.apiserver.negotiation.Representation.Projection;
import io.kubrig.apiserver.status.ApiException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NegotiationTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "application/json | JSON | OBJECT | v1",
        "*/* | JSON | OBJECT | v1",
        "application/json;as=Table;v=v1;g=meta.k8s.io | JSON | TABLE | v1",
        "application/json;as=Table;v=v1beta1;g=meta.k8s.io | JSON | TABLE | v1beta1",
        "application/vnd.kubernetes.protobuf;as=Table;v=v1;g=meta.k8s.io,application/json | JSON | OBJECT | v1",
        "application/vnd.kubernetes.protobuf;as=PartialObjectMetadata;v=v1;g=meta.k8s.io | PROTOBUF | METADATA | v1",
        "application/json;as=Foo;v=v1;g=meta.k8s.io,application/yaml | YAML | OBJECT | v1",
        "text/html,application/yaml;q=0.5,application/json;q=0.9 | JSON | OBJECT | v1"
      })
  void takes_the_first_clause_that_it_can_serve(String accept, MediaType type, Projection projection, String version) {
    Representation answer = Negotiation.answer(accept, false, Offer.PROJECTIONS_AND_STREAM, true);
    assertThat(answer).isEqualTo(new Representation(type, projection, version, false));
  }

  @Test
  void names_what_the_route_has_when_no_media_type_fits() {
    assertThatThrownBy(() -> Negotiation.answer("text/html", false, Offer.PROJECTIONS, true))
        .isInstanceOf(ApiException.class)
        .hasMessageStartingWith("406: Not Acceptable")
        .satisfies(e -> assertThat(((ApiException) e).status().has("details")).isTrue());
  }

  @Test
  void names_what_it_can_encode_when_only_the_parameters_do_not_fit() {
    assertThatThrownBy(() -> Negotiation.answer("application/json;as=Foo;v=v1;g=meta.k8s.io", false, Offer.PROJECTIONS, true))
        .hasMessage("only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf")
        .satisfies(e -> assertThat(((ApiException) e).status().has("details")).isFalse());
  }
}
