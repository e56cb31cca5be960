package io.kubrig.operators;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.kubrig.machinery.component.ClientSettings;
import io.kubrig.machinery.component.Component;
import io.kubrig.machinery.component.Environment;
import io.kubrig.operators.engine.Api;
import io.kubrig.operators.engine.Caches;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Loop;
import io.kubrig.operators.engine.QueueMetrics;
import io.kubrig.operators.events.EventRecorder;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All chosen controllers in one process, over one set of caches. */
final class ControllerManager implements Component {
  private static final Logger LOG = LoggerFactory.getLogger(ControllerManager.class);

  private final ControllerManagerOptions options;
  private final Environment environment;
  private final List<ControllerDescriptor> chosen;
  private final List<AutoCloseable> open = new ArrayList<>();

  ControllerManager(ControllerManagerOptions options, Environment environment, List<ControllerDescriptor> known) {
    this.options = options;
    this.environment = environment;
    ControllerSelection selection = new ControllerSelection(options.strings("controllers"), known);
    this.chosen = known.stream().filter(selection::includes).toList();
  }

  @Override
  public String name() {
    return ControllerManagerOptions.COMPONENT;
  }

  @Override
  public void start() throws InterruptedException {
    run();
  }

  private synchronized void run() {
    KubernetesClient shared = client(name() + "/shared-informers");
    Caches caches = closing(new Caches(shared));
    List<Loop> loops = new ArrayList<>();
    for (ControllerDescriptor descriptor : chosen) {
      loops.add(loop(descriptor, caches));
    }
    caches.start();
    loops.forEach(Loop::start);
    LOG.info("{} controllers run", loops.size());
  }

  private Loop loop(ControllerDescriptor descriptor, Caches caches) {
    Api api = new Api(client(name() + "/" + descriptor.name()), caches);
    ControllerContext context = new ControllerContext(api, caches, environment.clock(), environment.random(),
        component -> closing(new EventRecorder(component, api, environment.clock())), options, environment.metrics());
    Controller controller = descriptor.factory().apply(context);
    QueueMetrics metrics = new QueueMetrics(descriptor.name(), environment.metrics(), environment.clock());
    Loop loop = closing(new Loop(descriptor.name(), controller, descriptor.workers(options), environment.clock(), metrics));
    controller.watch(loop);
    return loop;
  }

  private KubernetesClient client(String userAgent) {
    return closing(environment.clients().open(new ClientSettings(
        userAgent, options.string("kubeconfig"), options.string("master"), options.real("kube-api-qps"), options.integer("kube-api-burst"))));
  }

  private <C extends AutoCloseable> C closing(C resource) {
    open.add(resource);
    return resource;
  }

  @Override
  public synchronized void close() {
    for (AutoCloseable resource : open.reversed()) {
      try {
        resource.close();
      } catch (Exception e) {
        LOG.warn("{} did not close cleanly", resource, e);
      }
    }
    open.clear();
  }
}
