package io.kubrig.machinery.models;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.deser.BeanDeserializerModifier;
import com.fasterxml.jackson.databind.deser.std.DelegatingDeserializer;
import com.fasterxml.jackson.databind.type.MapType;
import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.Capabilities;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.EmptyDirVolumeSource;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HostPathVolumeSource;
import io.fabric8.kubernetes.api.model.KubernetesResource;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.Lifecycle;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProjectedVolumeSource;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.kubrig.machinery.models.accessors.ModelAccessor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.Stream;

/**
 * Makes objects small that nobody changes: parts that many objects have alike are kept once, and so are the empty lists and maps of which
 * every model carries a number, one for unknown fields at least.
 *
 * <p>What was met is remembered in a table of fixed size, in which a newer part takes an older one's place: no part lives longer for it
 * than until others come.
 */
final class SharedParts extends BeanDeserializerModifier {
  private static final long serialVersionUID = 1L;
  private static final String MODELS = "io.fabric8.kubernetes.api.model";
  private static final int REMEMBERED = 1 << 12; // a power of two

  /** Small, and of few different values in a cluster. */
  private static final Set<Class<?>> PARTS = Set.of(
      Affinity.class, Capabilities.class, ContainerPort.class, ContainerState.class, EmptyDirVolumeSource.class, EnvVar.class,
      HostPathVolumeSource.class, LabelSelector.class, Lifecycle.class, LocalObjectReference.class, OwnerReference.class,
      PodCondition.class, PodSecurityContext.class, Probe.class, ProjectedVolumeSource.class, ResourceRequirements.class,
      SecurityContext.class, Toleration.class, TopologySpreadConstraint.class, VolumeMount.class);

  private final transient AtomicReferenceArray<Object> met = new AtomicReferenceArray<>(REMEMBERED);

  @Override
  public JsonDeserializer<?> modifyDeserializer(
      DeserializationConfig config, BeanDescription bean, JsonDeserializer<?> deserializer) {
    Class<?> type = bean.getBeanClass();
    if (!KubernetesResource.class.isAssignableFrom(type) || !type.getName().startsWith(MODELS)) {
      return deserializer;
    }
    return new Bean(deserializer, Collected.of(type), PARTS.contains(type));
  }

  @Override
  public JsonDeserializer<?> modifyMapDeserializer(
      DeserializationConfig config, MapType type, BeanDescription bean, JsonDeserializer<?> deserializer) {
    boolean texts = type.getKeyType().hasRawClass(String.class) && type.getContentType().hasRawClass(String.class);
    return texts ? new Bean(deserializer, new Collected[0], true) : deserializer;
  }

  /** A list or map of a model, which has one of its own even where there is nothing in it. */
  private record Collected(ModelAccessor accessor, int property, Object empty) {
    static Collected[] of(Class<?> model) {
      Optional<ModelAccessor> accessor = ModelAccessor.of(model);
      return accessor.isEmpty() ? new Collected[0] : Stream.of(model.getMethods())
          .filter(method -> method.getReturnType() == List.class || method.getReturnType() == Map.class)
          .filter(method -> accessor.get().property(method) >= 0)
          .map(method -> new Collected(accessor.get(), accessor.get().property(method),
              method.getReturnType() == List.class ? Collections.emptyList() : Collections.emptyMap()))
          .toArray(Collected[]::new);
    }

    void shareIfEmpty(Object bean) {
      Object content = accessor.get(bean, property);
      if (content instanceof ArrayList<?> list && list.isEmpty() || content instanceof LinkedHashMap<?, ?> map && map.isEmpty()) {
        accessor.set(bean, property, empty);
      }
    }
  }

  /** The part that is like this one, if it is remembered. */
  private Object once(Object part) {
    int hash = Likeness.hash(part);
    int slot = (hash ^ hash >>> 12 ^ hash >>> 24) & REMEMBERED - 1;
    Object known = met.get(slot);
    if (Likeness.alike(part, known)) {
      return known;
    }
    met.set(slot, part);
    return part;
  }

  /** Reads one kind of bean. */
  private final class Bean extends DelegatingDeserializer {
    private static final long serialVersionUID = 1L;
    private final transient Collected[] containers;
    private final boolean part;

    Bean(JsonDeserializer<?> reader, Collected[] containers, boolean part) {
      super(reader);
      this.containers = containers;
      this.part = part;
    }

    @Override
    protected JsonDeserializer<?> newDelegatingInstance(JsonDeserializer<?> reader) {
      return new Bean(reader, containers, part);
    }

    @Override
    public Object deserialize(JsonParser parser, DeserializationContext context) throws IOException {
      Object bean = super.deserialize(parser, context);
      if (bean == null) {
        return null;
      }
      for (int i = 0; i < containers.length; i++) {
        containers[i].shareIfEmpty(bean);
      }
      return part ? once(bean) : bean;
    }
  }
}
