package io.kubrig.standalone;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.kubrig.machinery.component.ClientSource;
import io.kubrig.machinery.component.Component;
import io.kubrig.machinery.component.ComponentFactory;
import io.kubrig.machinery.component.Environment;
import io.kubrig.machinery.component.StartException;
import io.kubrig.machinery.metrics.KubernetesRegistry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The parts of a cluster that run in this process; the last started is stopped first. */
final class Parts implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Parts.class);
  private static final Duration PART_STOPS_WITHIN = Duration.ofSeconds(10);

  private final Environment environment;
  private final Progress progress;
  private final Deque<AutoCloseable> running = new ArrayDeque<>(); // guarded by itself

  Parts(Environment environment, Progress progress) {
    this.environment = environment;
    this.progress = progress;
  }

  /** Something to start that may fail or be interrupted. */
  @FunctionalInterface
  interface Step {
    void run() throws InterruptedException;
  }

  /** Runs steps side by side; throws the first failure at once, without waiting for the others: {@link #close} ends them. */
  static void together(List<Step> steps) throws InterruptedException {
    BlockingQueue<Optional<RuntimeException>> outcomes = new LinkedBlockingQueue<>();
    for (Step step : steps) {
      Thread.ofVirtual().start(() -> outcomes.add(outcome(step)));
    }
    for (int i = 0; i < steps.size(); i++) {
      Optional<RuntimeException> problem = outcomes.take();
      if (problem.isPresent()) {
        throw problem.get();
      }
    }
  }

  private static Optional<RuntimeException> outcome(Step step) {
    try {
      step.run();
      return Optional.empty();
    } catch (KubernetesClientException e) {
      Object reason = e.getCode() == 0 && e.getCause() != null ? e.getCause() : e.getMessage();
      return Optional.of(new StartException("a part of the cluster could not start: " + reason, e));
    } catch (RuntimeException e) {
      return Optional.of(e);
    } catch (InterruptedException e) {
      return Optional.of(new StartException("the start was interrupted", e));
    }
  }

  /** Starts a component with native flags. @param clients how it reaches the API */
  Component start(Components which, List<String> args, ClientSource clients) throws InterruptedException {
    progress.begins("Starting the " + which.command());
    ComponentFactory factory = which.factory();
    Component component = keep(factory.create(factory.flags().parse(args),
        environment.withMetrics(new KubernetesRegistry()).withClients(clients)));
    component.start();
    progress.done(which.command() + " runs");
    return component;
  }

  /** Has something stopped with the rest. */
  <C extends AutoCloseable> C keep(C closeable) {
    synchronized (running) {
      running.push(closeable);
    }
    return closeable;
  }

  /** Stops the parts, the last started first; one that does not stop in time is left behind, so that the others still stop cleanly. */
  @Override
  public void close() {
    for (AutoCloseable part = next(); part != null; part = next()) {
      AutoCloseable closing = part;
      Thread closer = Thread.ofVirtual().start(() -> close(closing));
      try {
        if (!closer.join(PART_STOPS_WITHIN)) {
          LOG.error("{} did not stop within {} s", closing.getClass().getSimpleName(), PART_STOPS_WITHIN.toSeconds());
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private AutoCloseable next() {
    synchronized (running) {
      return running.poll();
    }
  }

  private static void close(AutoCloseable part) {
    try {
      part.close();
    } catch (Exception e) {
      LOG.error("a part of the cluster did not stop cleanly", e);
    }
  }
}
