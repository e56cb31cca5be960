package io.kubrig.apiserver.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubrig.apiserver.discovery.RecordedExchange;
import io.kubrig.apiserver.http.Headers;
import io.kubrig.apiserver.http.Query;
import io.kubrig.apiserver.http.RequestInfo;
import io.kubrig.machinery.clock.VirtualClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RequestDeadlinesTest {
  private final VirtualClock clock = new VirtualClock(Instant.EPOCH);
  private final RequestDeadlines deadlines = new RequestDeadlines(Duration.ofMinutes(1), clock);
  private final RecordedExchange client = new RecordedExchange("GET", "/api/v1/pods", new Headers());
  private final ObservedExchange exchange = new ObservedExchange(client);

  private RequestDeadlines.Running begin(String query) throws RequestInfo.Unresolved {
    Query parsed = Query.parse(query);
    return deadlines.begin(exchange, RequestInfo.of("GET", "/api/v1/pods", parsed), parsed);
  }

  @Test
  void answers_in_place_of_a_handler_that_takes_a_minute() throws Exception {
    begin("");
    clock.advance(Duration.ofSeconds(59));
    assertThat(client.status).isZero();
    clock.advance(Duration.ofSeconds(1));
    assertThat(client.status).isEqualTo(504);
    assertThat(new String(client.body, StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"metadata\":{},\"status\":\"Failure\",\"message\":\"Timeout: request did not complete within the allotted timeout\","
                + "\"reason\":\"Timeout\",\"details\":{},\"code\":504}\n");
    assertThatThrownBy(() -> exchange.respond(200, new Headers(), new byte[0])).isInstanceOf(ObservedExchange.TooLate.class);
    assertThat(exchange.status()).isEqualTo(504);
  }

  @Test
  void a_client_may_ask_for_less_time_but_not_for_more() throws Exception {
    begin("timeout=5s");
    clock.advance(Duration.ofSeconds(5));
    assertThat(client.status).isEqualTo(504);
  }

  @Test
  void more_than_the_most_and_none_are_the_most() throws Exception {
    for (String query : new String[] {"timeout=2h", "timeout=0s"}) {
      RecordedExchange one = new RecordedExchange("GET", "/api/v1/pods", new Headers());
      Query parsed = Query.parse(query);
      deadlines.begin(new ObservedExchange(one), RequestInfo.of("GET", "/api/v1/pods", parsed), parsed);
      clock.advance(Duration.ofSeconds(59));
      assertThat(one.status).as(query).isZero();
      clock.advance(Duration.ofSeconds(1));
      assertThat(one.status).as(query).isEqualTo(504);
    }
  }

  @Test
  void watches_last_and_finished_requests_are_left_alone() throws Exception {
    begin("watch=true");
    begin("").close();
    clock.advance(Duration.ofHours(1));
    assertThat(client.status).isZero();
  }

  @Test
  void a_timeout_that_is_none_is_the_clients_mistake() {
    assertThatThrownBy(() -> begin("timeout=x"))
        .hasMessage("invalid timeout specified in the request URL - time: invalid duration \"x\"");
  }
}
