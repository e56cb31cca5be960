package io.kubrig.scheduler;

import io.kubrig.machinery.component.Component;
import io.kubrig.machinery.component.ComponentFactory;
import io.kubrig.machinery.component.Environment;
import io.kubrig.machinery.component.FeatureGates;
import io.kubrig.machinery.component.StartException;
import io.kubrig.machinery.flags.FlagSet;
import io.kubrig.machinery.flags.ParsedFlags;
import io.kubrig.scheduler.config.InvalidConfigurationException;
import io.kubrig.scheduler.config.SchedulerConfiguration;
import io.kubrig.scheduler.config.SchedulerFeatures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes schedulers from kube-scheduler's command line. */
public final class SchedulerFactory implements ComponentFactory {
  private static final Logger LOG = LoggerFactory.getLogger(SchedulerFactory.class);
  private final SchedulerFlags flags = new SchedulerFlags();

  @Override
  public String name() {
    return SchedulerFlags.COMPONENT;
  }

  @Override
  public FlagSet flags() {
    return flags.all();
  }

  @Override
  public Component create(ParsedFlags given, Environment environment) {
    SchedulerConfiguration configuration = configuration(flags.config(given), flags.featureGates(given));
    String file = flags.writeConfigTo(given);
    return file.isEmpty() ? new SchedulerComponent(flags, given, configuration, environment)
        : new ConfigurationFile(Path.of(file), configuration, environment);
  }

  private static SchedulerConfiguration configuration(String file, FeatureGates gates) {
    for (String gate : SchedulerFeatures.withoutEffect(gates)) {
      LOG.warn("Feature gate {} has no effect: it is as in 1.36 by default", gate);
    }
    try {
      SchedulerFeatures features = SchedulerFeatures.of(gates);
      return file.isEmpty() ? SchedulerConfiguration.standard().with(features)
          : SchedulerConfiguration.parse(Files.readString(Path.of(file))).with(features);
    } catch (IOException e) {
      throw new StartException("open " + file + ": no such file or directory", e);
    } catch (InvalidConfigurationException e) {
      throw new StartException(e.getMessage(), e);
    }
  }
}
