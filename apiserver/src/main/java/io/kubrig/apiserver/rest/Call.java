package io.kubrig.apiserver.rest;

import io.kubrig.apiserver.audit.AuditEvent;
import io.kubrig.apiserver.authn.UserInfo;
import io.kubrig.apiserver.http.Exchange;
import io.kubrig.apiserver.http.Query;
import io.kubrig.apiserver.http.RequestInfo;
import java.time.Instant;

/** A request that has been authenticated and allowed. */
public record Call(Exchange exchange, RequestInfo info, Query query, UserInfo user, Instant received, AuditEvent audit) {

  public String accept() {
    return String.join(",", exchange.headers().all("Accept"));
  }

  public boolean pretty() {
    if (query.has("pretty")) {
      return query.flag("pretty");
    }
    String agent = exchange.headers().value("User-Agent");
    return agent.startsWith("curl") || agent.startsWith("Wget") || agent.startsWith("Mozilla/5.0");
  }
}
