package io.kubrig.machinery.models;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesList;
import io.fabric8.kubernetes.api.model.KubernetesResource;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Which class is the model of a kind, of those that service files of the class path name. The name of a class nearly always is the kind, so
 * only classes of that name are loaded to find out; those of other people's models, which may be named differently, when nothing else fits.
 */
final class ModelClasses {
  private static final String SERVICE = "META-INF/services/" + KubernetesResource.class.getName();
  private static final String OWN = "io.fabric8.";

  private final Map<Key, Class<? extends KubernetesResource>> known = new ConcurrentHashMap<>();
  private Map<String, List<Provider>> waiting; // by simple name, not loaded yet; null before the first look; guarded by this

  private record Key(String apiVersion, String kind) {}

  ModelClasses() {
    register(KubernetesList.class); // the only one of Fabric8's whose name is not its kind
  }

  private record Provider(String className, ClassLoader loader) {
    String simpleName() {
      return className.substring(Math.max(className.lastIndexOf('.'), className.lastIndexOf('$')) + 1);
    }

    boolean isForeign() {
      return !className.startsWith(OWN);
    }
  }

  Optional<Class<? extends KubernetesResource>> of(String apiVersion, String kind) {
    Key key = new Key(apiVersion, kind);
    Class<? extends KubernetesResource> found = known.get(key);
    return Optional.ofNullable(found != null ? found : look(key));
  }

  private synchronized Class<? extends KubernetesResource> look(Key key) {
    if (waiting == null) {
      waiting = providers();
    }
    load(waiting.remove(key.kind()));
    if (!known.containsKey(key)) {
      List<String> foreign = waiting.entrySet().stream()
          .filter(entry -> entry.getValue().stream().anyMatch(Provider::isForeign)).map(Map.Entry::getKey).toList();
      foreign.forEach(name -> load(waiting.remove(name)));
    }
    return known.get(key);
  }

  private void load(List<Provider> providers) {
    if (providers == null) {
      return;
    }
    for (Provider provider : providers) {
      try {
        Class<?> model = Class.forName(provider.className(), true, provider.loader());
        if (KubernetesResource.class.isAssignableFrom(model)) {
          add(model.asSubclass(KubernetesResource.class), false);
        }
      } catch (ClassNotFoundException e) {
        throw new IllegalStateException(SERVICE + " names " + provider.className() + ", which is not there", e);
      }
    }
  }

  void register(Class<? extends KubernetesResource> model) {
    add(model, true);
  }

  void register(String apiVersion, String kind, Class<? extends KubernetesResource> model) {
    known.put(new Key(apiVersion, kind), model);
  }

  /** @param chosen takes the place of what is there */
  private void add(Class<? extends KubernetesResource> model, boolean chosen) {
    String group = HasMetadata.getGroup(model);
    String version = HasMetadata.getVersion(model);
    if (version == null || version.isEmpty()) {
      return;
    }
    String kind = HasMetadata.getKind(model);
    put(new Key(group == null || group.isEmpty() ? version : group + "/" + version, kind), model, chosen);
    if (group != null && group.endsWith(".openshift.io")) {
      put(new Key(version, kind), model, false); // as such objects were written once
    }
  }

  private void put(Key key, Class<? extends KubernetesResource> model, boolean chosen) {
    if (chosen) {
      known.put(key, model);
    } else {
      known.putIfAbsent(key, model);
    }
  }

  private static Map<String, List<Provider>> providers() {
    Map<String, List<Provider>> providers = new HashMap<>();
    Set<String> seen = new LinkedHashSet<>();
    Stream.of(Thread.currentThread().getContextClassLoader(), ModelClasses.class.getClassLoader()).filter(Objects::nonNull).distinct()
        .forEach(loader -> {
          for (String name : named(loader)) {
            if (seen.add(name)) {
              Provider provider = new Provider(name, loader);
              providers.computeIfAbsent(provider.simpleName(), n -> new ArrayList<>()).add(provider);
            }
          }
        });
    return providers;
  }

  private static Set<String> named(ClassLoader loader) {
    Set<String> names = new LinkedHashSet<>();
    try {
      for (URL file : Collections.list(loader.getResources(SERVICE))) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(file.openStream(), StandardCharsets.UTF_8))) {
          lines.lines().map(line -> line.replaceAll("#.*", "").strip()).filter(line -> !line.isEmpty()).forEach(names::add);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(SERVICE + " cannot be read", e);
    }
    return names;
  }
}
