package io.kubrig.scheduler;

import io.kubrig.machinery.component.Component;
import io.kubrig.machinery.component.Environment;
import io.kubrig.machinery.component.StartException;
import io.kubrig.machinery.yaml.Yaml;
import io.kubrig.scheduler.config.ConfigurationWriter;
import io.kubrig.scheduler.config.SchedulerConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The scheduler started with {@code --write-config-to}: writes the configuration with every default and is done. */
record ConfigurationFile(Path file, SchedulerConfiguration configuration, Environment environment) implements Component {
  private static final Logger LOG = LoggerFactory.getLogger(ConfigurationFile.class);

  @Override
  public String name() {
    return SchedulerFlags.COMPONENT;
  }

  @Override
  public void start() {
    try {
      Files.writeString(file, Yaml.write(ConfigurationWriter.tree(configuration)));
    } catch (IOException e) {
      throw new StartException("cannot write the configuration to " + file + ": " + e.getMessage(), e);
    }
    LOG.info("Wrote configuration to {}", file);
    environment.failures().finished(name());
  }

  @Override
  public void close() {}
}
