package io.kubrig.apiserver.server;

import io.kubrig.apiserver.kinds.Cluster;
import io.kubrig.apiserver.storage.Storage;
import io.kubrig.machinery.clock.Clock;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.random.RandomGenerator;

/**
 * What an API server is made of, flags already read.
 *
 * @param externalAddress host and port under which clients reach the server
 */
public record ApiServerSettings(
    Storage storage, Clock clock, RandomGenerator random, MeterRegistry metrics, String externalAddress, Cluster.Settings cluster) {}
