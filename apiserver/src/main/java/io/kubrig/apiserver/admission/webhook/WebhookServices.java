package io.kubrig.apiserver.admission.webhook;

import io.kubrig.apiserver.admission.KindLookup;
import io.kubrig.apiserver.authz.Authorizer;
import io.kubrig.apiserver.kinds.Cluster;
import io.kubrig.apiserver.registry.Forms;
import io.kubrig.apiserver.registry.Resource;
import io.kubrig.apiserver.webhook.HookClient;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.schema.SchemaCatalog;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The parts of the server that webhooks need.
 *
 * @param authorizer asked late: it is made after admission
 * @param equivalents every resource under which the same objects are served, the given one included
 * @param forms the normal forms that changed objects are brought into
 */
public record WebhookServices(
    Cluster cluster,
    Supplier<Authorizer> authorizer,
    KindLookup kinds,
    Function<Resource, List<Resource>> equivalents,
    HookClient client,
    Forms forms,
    SchemaCatalog schemas,
    MeterRegistry meters) {

  Clock clock() {
    return cluster.clock();
  }
}
