package io.kubrig.machinery.metrics;

import io.micrometer.core.instrument.AbstractMeter;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import java.util.concurrent.atomic.DoubleAdder;

/** A sum that only grows. */
final class PlainCounter extends AbstractMeter implements Counter {
  private final DoubleAdder sum = new DoubleAdder();

  PlainCounter(Meter.Id id) {
    super(id);
  }

  @Override
  public void increment(double amount) {
    sum.add(amount);
  }

  @Override
  public double count() {
    return sum.sum();
  }
}
