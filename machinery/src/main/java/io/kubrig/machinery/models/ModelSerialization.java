package io.kubrig.machinery.models;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.KeyDeserializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.cfg.HandlerInstantiator;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.jsontype.TypeIdResolver;
import com.fasterxml.jackson.databind.jsontype.TypeResolverBuilder;
import com.fasterxml.jackson.databind.module.SimpleModule;
import io.fabric8.kubernetes.api.model.KubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.fabric8.kubernetes.internal.KubernetesDeserializer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * Fabric8's reading and writing of objects without its habit of loading every model class there is, more than a thousand, before it reads
 * the first object: a class is loaded when an object of its kind is met. What comes out is the same.
 */
public final class ModelSerialization extends KubernetesSerialization {
  private final ModelDeserializer models;
  private final Reading reading;
  private final ObjectMapper mapper;

  /** What becomes of objects that are read. */
  private enum Reading {
    /** All of it. */
    WHOLE,
    /** Without managed fields. */
    TRIMMED,
    /** Without managed fields, and made of parts that other objects have too. */
    SHARED
  }

  /** Knows the classes that the class path registers as models, as Fabric8's own does. */
  public ModelSerialization() {
    this(Reading.WHOLE);
  }

  private ModelSerialization(Reading reading) {
    this(reading, new ObjectMapper());
  }

  private ModelSerialization(Reading reading, ObjectMapper mapper) {
    this.models = new ModelDeserializer(new ModelClasses());
    this.reading = reading;
    this.mapper = mapper;
    super(mapper, false);
  }

  /**
   * Reads objects without their managed fields, often half of an object, of which components have no use. Writing an object without them
   * leaves them as they are.
   */
  public static ModelSerialization trimmed() {
    return new ModelSerialization(Reading.TRIMMED);
  }

  /** For caches: reads objects without their managed fields that share what they have alike, and hence must not be changed. */
  public static ModelSerialization shared() {
    return new ModelSerialization(Reading.SHARED);
  }

  /** Reads objects of one class from bytes, or from where a parser of its factory stands, without texts or trees in between. */
  public ObjectReader reader(Class<?> type) {
    return mapper.readerFor(type);
  }

  @Override
  protected void configureMapper(ObjectMapper mapper) {
    mapper.registerModule(new SimpleModule("direct-writing").setSerializerModifier(new DirectWriting())); // the first comes last
    super.configureMapper(mapper);
    mapper.registerModule(new SimpleModule("direct-reading").setDeserializerModifier(new DirectReading()));
    mapper.setConfig(mapper.getDeserializationConfig().with(new Instantiator(models)));
    if (reading != Reading.WHOLE) {
      mapper.addMixIn(ObjectMeta.class, Trimmed.class);
    }
    if (reading == Reading.SHARED) {
      mapper.registerModule(new SimpleModule("shared-parts").setDeserializerModifier(new SharedParts()));
    }
  }

  /** Reads JSON from where it is, without the copies that the stream for it takes. */
  @Override
  public <T> T unmarshal(String text, Class<T> type) {
    if (!text.startsWith("{")) {
      return super.unmarshal(text, type);
    }
    try {
      return mapper.readerFor(type).readValue(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw KubernetesClientException.launderThrowable(e);
    }
  }

  @Override
  public <T> T unmarshal(InputStream stream, TypeReference<T> type) {
    if (!(stream instanceof ByteArrayInputStream bytes)) {
      return super.unmarshal(stream, type);
    }
    bytes.mark(1);
    int first = bytes.read();
    bytes.reset();
    if (first != '{') {
      return super.unmarshal(bytes, type);
    }
    try {
      return mapper.readerFor(type).readValue(bytes);
    } catch (IOException e) {
      throw KubernetesClientException.launderThrowable(e);
    }
  }

  @Override
  public Class<? extends KubernetesResource> getRegisteredKubernetesResource(String apiVersion, String kind) {
    return models.classes().of(apiVersion, kind).orElse(null);
  }

  @Override
  public void registerKubernetesResource(Class<? extends KubernetesResource> model) {
    models.classes().register(model);
  }

  @Override
  public void registerKubernetesResource(String apiVersion, String kind, Class<? extends KubernetesResource> model) {
    models.classes().register(apiVersion, kind, model);
  }

  /** What is passed over when metadata is read. */
  @JsonIgnoreProperties("managedFields")
  private abstract static class Trimmed {}

  /** Puts our deserializer where annotations name Fabric8's. */
  private static final class Instantiator extends HandlerInstantiator {
    private final ModelDeserializer models;

    Instantiator(ModelDeserializer models) {
      this.models = models;
    }

    @Override
    public JsonDeserializer<?> deserializerInstance(DeserializationConfig config, Annotated annotated, Class<?> wanted) {
      return wanted == KubernetesDeserializer.class ? models : null;
    }

    @Override
    public KeyDeserializer keyDeserializerInstance(DeserializationConfig config, Annotated annotated, Class<?> wanted) {
      return null;
    }

    @Override
    public JsonSerializer<?> serializerInstance(SerializationConfig config, Annotated annotated, Class<?> wanted) {
      return null;
    }

    @Override
    public TypeResolverBuilder<?> typeResolverBuilderInstance(MapperConfig<?> config, Annotated annotated, Class<?> wanted) {
      return null;
    }

    @Override
    public TypeIdResolver typeIdResolverInstance(MapperConfig<?> config, Annotated annotated, Class<?> wanted) {
      return null;
    }
  }
}
