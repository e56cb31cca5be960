package io.kubrig.apiserver.customresource;

import io.kubrig.apiserver.webhook.HookClient;
import io.kubrig.machinery.clock.Clock;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.random.RandomGenerator;

/** What conversions by webhook need of the server. */
public record ConversionServices(HookClient client, MeterRegistry meters, Clock clock, RandomGenerator random) {}
