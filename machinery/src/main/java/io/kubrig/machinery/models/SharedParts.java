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
import java.io.IOException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReferenceArray;

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
    return texts ? new Bean(deserializer, List.of(), true) : deserializer;
  }

  /** A list or map of a model, which has one of its own even where there is nothing in it. */
  private record Collected(Method getter, Method setter, Object empty) {
    static List<Collected> of(Class<?> model) {
      List<Collected> containers = new ArrayList<>();
      for (Method getter : model.getMethods()) {
        boolean list = getter.getReturnType() == List.class;
        if (getter.getName().startsWith("get") && getter.getParameterCount() == 0 && (list || getter.getReturnType() == Map.class)) {
          setter(model, getter)
              .ifPresent(setter -> containers.add(new Collected(getter, setter, list ? Collections.emptyList() : Collections.emptyMap())));
        }
      }
      return List.copyOf(containers);
    }

    private static Optional<Method> setter(Class<?> model, Method getter) {
      try {
        return Optional.of(model.getMethod("set" + getter.getName().substring("get".length()), getter.getReturnType()));
      } catch (NoSuchMethodException e) {
        return Optional.empty();
      }
    }

    void shareIfEmpty(Object bean) throws IOException {
      try {
        Object content = getter.invoke(bean);
        if (content instanceof Collection<?> list && list.isEmpty() || content instanceof Map<?, ?> map && map.isEmpty()) {
          setter.invoke(bean, empty);
        }
      } catch (ReflectiveOperationException e) {
        throw new IOException(getter + " cannot be replaced", e);
      }
    }
  }

  /** The part that is equal to this one, if it is remembered. */
  private Object once(Object part) {
    int hash = part.hashCode();
    int slot = (hash ^ hash >>> 12 ^ hash >>> 24) & REMEMBERED - 1;
    Object known = met.get(slot);
    if (part.equals(known)) {
      return known;
    }
    met.set(slot, part);
    return part;
  }

  /** Reads one kind of bean. */
  private final class Bean extends DelegatingDeserializer {
    private static final long serialVersionUID = 1L;
    private final transient List<Collected> containers;
    private final boolean part;

    Bean(JsonDeserializer<?> reader, List<Collected> containers, boolean part) {
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
      for (Collected container : containers) {
        container.shareIfEmpty(bean);
      }
      return part ? once(bean) : bean;
    }
  }
}
