package io.kubrig.apiserver.server;

import io.kubrig.apiserver.encryption.StoredResource;
import io.kubrig.apiserver.encryption.StoredResources;
import io.kubrig.apiserver.storage.AtRest;
import io.kubrig.apiserver.storage.Storage;
import io.kubrig.apiserver.storage.etcd.EtcdMetrics;
import io.kubrig.apiserver.storage.etcd.EtcdSettings;
import io.kubrig.apiserver.storage.etcd.EtcdStorage;
import io.kubrig.apiserver.storage.etcd.EtcdValues;
import io.kubrig.machinery.component.Environment;
import io.kubrig.machinery.flags.Flag;
import io.kubrig.machinery.flags.FlagException;
import io.kubrig.machinery.flags.ParsedFlags;
import io.kubrig.schemas.KubernetesSchemas;
import io.micrometer.core.instrument.Tags;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/** Opens the storage that the {@code --etcd-*} flags describe. */
final class EtcdFlags {
  private EtcdFlags() {}

  /**
   * @throws FlagException when a flag does not fit
   * @throws IOException when etcd cannot be used
   */
  static Storage open(ApiServerFlags flags, ParsedFlags parsed, AtRest atRest, Environment environment) throws IOException {
    String backend = parsed.value(flags.storageBackend);
    if (!backend.isEmpty() && !backend.equals("etcd3")) {
      throw new FlagException("--storage-backend invalid, allowed values: etcd3. If not specified, it will default to 'etcd3'");
    }
    Optional<Path> certificate = file(parsed, flags.etcdCertFile);
    Optional<Path> key = file(parsed, flags.etcdKeyFile);
    if (certificate.isPresent() != key.isPresent()) {
      throw new FlagException("--etcd-certfile and --etcd-keyfile must be specified together");
    }
    EtcdSettings settings =
        new EtcdSettings(
            EtcdSettings.servers(parsed.value(flags.etcdServers)),
            EtcdSettings.prefix(parsed.value(flags.etcdPrefix)),
            file(parsed, flags.etcdCaFile),
            certificate,
            key,
            parsed.value(flags.compactionInterval),
            parsed.value(flags.etcdHealthTimeout),
            Duration.ofSeconds(parsed.value(flags.leaseReuse)));
    EtcdValues.Encoding encoding = EtcdValues.Encoding.of(parsed.value(flags.storageMediaType));
    EtcdMetrics metrics = new EtcdMetrics(environment.metrics(), environment.clock(), resources());
    return EtcdStorage.open(settings, new EtcdValues(KubernetesSchemas.load(), encoding), atRest, environment.clock(), metrics);
  }

  /** What metrics say of a key. */
  private static Function<String, Tags> resources() {
    StoredResources resources = new StoredResources(KubernetesSchemas.resources().onByDefault());
    return key -> {
      StoredResource resource = resources.apply(key);
      return Tags.of("group", resource.group(), "resource", resource.plural());
    };
  }

  private static Optional<Path> file(ParsedFlags parsed, Flag<String> flag) {
    String name = parsed.value(flag);
    return name.isEmpty() ? Optional.empty() : Optional.of(Path.of(name));
  }
}
