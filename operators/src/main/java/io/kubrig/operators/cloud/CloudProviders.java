package io.kubrig.operators.cloud;

import io.kubrig.machinery.component.StartException;
import io.kubrig.machinery.flags.FlagSection;
import io.kubrig.machinery.flags.FlagTypes;
import io.kubrig.operators.ControllerManagerOptions;
import io.kubrig.operators.engine.ControllerContext;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.concurrent.ConcurrentHashMap;

/** The provider that the flags choose. */
public final class CloudProviders {
  /** The flag that names the pool of the bare-metal provider. */
  public static final String POOL = "load-balancer-pool";

  /** The flag that says how often the addresses of nodes are looked up. */
  public static final String STATUS_PERIOD = "node-status-update-frequency";

  /** The flag that says how many nodes are initialised at once. */
  public static final String NODE_WORKERS = "concurrent-node-syncs";

  /** The provider that comes with the manager. */
  public static final String BARE_METAL = "bare-metal";

  private static final String SERVICES = "service-lb-controller";
  private static final String EXTERNAL = "external";
  private static final String PROVIDER = "cloud-provider";
  private static final String JARS = "cloud-provider-jars";
  private static final Duration STATUS_DEFAULT = Duration.ofMinutes(5);

  /** The loaders of jars stay open: a provider may load a class at any time. */
  private static final Map<List<String>, ClassLoader> LOADERS = new ConcurrentHashMap<>();

  private CloudProviders() {}

  /** Declares the flags that kube-controller-manager does not have: of the cloud-controller-manager, and our own. */
  public static void declare(FlagSection section) {
    section.flag(POOL, FlagTypes.STRINGS, List.of(), "Addresses that services of the type LoadBalancer get on bare metal, as prefixes, "
        + "ranges and single addresses of both families. They must be routed to the nodes. Alone, without --cloud-provider, it gives "
        + "services addresses and does nothing else.");
    section.flag(JARS, FlagTypes.STRINGS, List.of(), "Jars with cloud providers, for --cloud-provider.");
    section.flag(NODE_WORKERS, FlagTypes.INT32, 1, "How many objects the cloud node controller works on at once.");
    section.flag(STATUS_PERIOD, FlagTypes.DURATION, STATUS_DEFAULT,
        "Time span: how often the addresses of nodes are asked of the provider.");
  }

  /** Refuses flags that name no provider, or one that cannot be. @throws StartException saying what is wrong */
  public static void check(ControllerManagerOptions options) {
    String name = options.string(PROVIDER);
    if (name.equals(EXTERNAL) && !options.strings(POOL).isEmpty()) {
      throw new StartException("--" + POOL + " needs --" + PROVIDER + "=" + BARE_METAL + ", or none: with " + EXTERNAL
          + " another program provides load balancers");
    }
    factory(options).ifPresent(factory -> {
      try {
        factory.check(options);
      } catch (StartException e) {
        throw e;
      } catch (RuntimeException e) {
        throw new StartException("the cloud provider " + factory.name() + " cannot be used: " + e.getMessage(), e);
      }
    });
  }

  /** Whether a controller asks a provider, which acts outside of the API server and knows no dry runs. */
  public static boolean isAsked(String controller) {
    return switch (controller) {
      case SERVICES, "node-route-controller", "cloud-node-controller", "cloud-node-lifecycle-controller" -> true;
      default -> false;
    };
  }

  /** Whether a controller of clouds has something to ask: with no provider none has, with a mere pool only the one of services. */
  public static boolean serves(String controller, ControllerManagerOptions options) {
    boolean named = !options.string(PROVIDER).isEmpty() && !options.string(PROVIDER).equals(EXTERNAL);
    return switch (controller) {
      case SERVICES -> named || !options.strings(POOL).isEmpty();
      case "node-route-controller", "cloud-node-controller", "cloud-node-lifecycle-controller" -> named;
      default -> true;
    };
  }

  /** The provider for a controller; empty when the flags choose none. */
  public static Optional<CloudProvider> of(ControllerContext context) {
    Optional<CloudProvider> provider = factory(context.options()).map(factory -> factory.create(context));
    provider.filter(made -> !made.hasClusterId()).ifPresent(made -> {
      throw new StartException("the cloud provider " + made.name() + " has no cluster id: it could not tell this cluster's from another's");
    });
    return provider;
  }

  private static Optional<CloudProviderFactory> factory(ControllerManagerOptions options) {
    String given = options.string(PROVIDER);
    String name = given.isEmpty() && !options.strings(POOL).isEmpty() ? BARE_METAL : given;
    if (name.isEmpty() || name.equals(EXTERNAL)) {
      return Optional.empty();
    }
    return Optional.of(known(options.strings(JARS)).stream().filter(factory -> factory.name().equals(name)).findFirst()
        .orElseThrow(() -> new StartException("cloud provider \"" + name + "\" was specified, but built-in cloud providers are disabled. "
            + "Please set --cloud-provider=external and migrate to an external cloud provider")));
  }

  private static List<CloudProviderFactory> known(List<String> jars) {
    List<CloudProviderFactory> found = new ArrayList<>();
    try {
      ServiceLoader.load(CloudProviderFactory.class, LOADERS.computeIfAbsent(jars, CloudProviders::loader)).forEach(found::add);
    } catch (ServiceConfigurationError | LinkageError e) {
      throw new StartException("cannot load cloud providers: " + e.getMessage(), e);
    }
    return found;
  }

  private static ClassLoader loader(List<String> jars) {
    ClassLoader parent = CloudProviders.class.getClassLoader();
    return jars.isEmpty() ? parent
        : new URLClassLoader("cloud-providers", jars.stream().map(CloudProviders::url).toArray(URL[]::new), parent);
  }

  private static URL url(String jar) {
    Path path = Path.of(jar);
    if (!Files.isReadable(path)) {
      throw new StartException("--" + JARS + ": " + jar + " cannot be read");
    }
    try {
      return path.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new StartException("--" + JARS + ": " + jar + ": " + e.getMessage(), e);
    }
  }
}
