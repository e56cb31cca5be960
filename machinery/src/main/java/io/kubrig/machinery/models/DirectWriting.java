package io.kubrig.machinery.models;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.jsontype.TypeSerializer;
import com.fasterxml.jackson.databind.ser.AnyGetterWriter;
import com.fasterxml.jackson.databind.ser.BeanPropertyWriter;
import com.fasterxml.jackson.databind.ser.BeanSerializerBuilder;
import com.fasterxml.jackson.databind.ser.BeanSerializerModifier;
import com.fasterxml.jackson.databind.ser.PropertyFilter;
import com.fasterxml.jackson.databind.util.NameTransformer;
import io.kubrig.machinery.models.accessors.ModelAccessor;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.Optional;

/**
 * Writes properties of models that their accessors get, where Jackson would by reflection, and Fabric8 once more: it looks among the
 * unknown fields for one of the same name before each. Has to come after Fabric8's own modifier.
 */
final class DirectWriting extends BeanSerializerModifier {
  private static final long serialVersionUID = 1L;

  @Override
  public BeanSerializerBuilder updateBuilder(SerializationConfig config, BeanDescription bean, BeanSerializerBuilder builder) {
    ModelAccessor.of(bean.getBeanClass()).ifPresent(accessor -> {
      Optional<Integer> unknown = Optional.ofNullable(bean.findAnyGetter()).map(any -> number(accessor, any.getMember()));
      if (unknown.isPresent() && unknown.get() >= 0) {
        builder.setProperties(builder.getProperties().stream().map(writer -> direct(writer, accessor, unknown.get())).toList());
      }
    });
    return builder;
  }

  private static BeanPropertyWriter direct(BeanPropertyWriter writer, ModelAccessor accessor, int unknown) {
    int number = number(accessor, writer.getMember().getMember());
    if (writer instanceof AnyGetterWriter any) {
      return new Unknown(any, accessor, unknown);
    }
    boolean plain = number >= 0 && writer.getAnnotation(JsonUnwrapped.class) == null && writer.getViews() == null;
    return plain ? new Property(writer, accessor, number, unknown) : writer;
  }

  private static int number(ModelAccessor accessor, Object member) {
    return member instanceof Method method ? accessor.property(method) : -1;
  }

  /** A property that is written as {@link BeanPropertyWriter} does, unless there is an unknown field of the same name. */
  private static final class Property extends BeanPropertyWriter {
    private static final long serialVersionUID = 1L;
    private final BeanPropertyWriter theirs;
    private final transient ModelAccessor accessor;
    private final int number;
    private final int unknown;
    private final String name;

    Property(BeanPropertyWriter theirs, ModelAccessor accessor, int number, int unknown) {
      super(theirs);
      this.theirs = theirs;
      this.accessor = accessor;
      this.number = number;
      this.unknown = unknown;
      this.name = theirs.getName();
    }

    @Override
    public void serializeAsField(Object bean, JsonGenerator generator, SerializerProvider provider) throws Exception {
      Object value = accessor.get(bean, number);
      if (value == null && _nullSerializer == null) {
        return;
      }
      boolean overridden = accessor.get(bean, unknown) instanceof Map<?, ?> fields && !fields.isEmpty() && fields.get(name) != null;
      if (overridden || value == null || value == bean) {
        theirs.serializeAsField(bean, generator, provider); // what is rare
        return;
      }
      JsonSerializer<Object> serializer = _serializer != null ? _serializer : serializerOf(value.getClass(), provider);
      if (_suppressableValue == null || !suppressed(value, serializer, provider)) {
        generator.writeFieldName(_name);
        if (_typeSerializer == null) {
          serializer.serialize(value, generator, provider);
        } else {
          serializer.serializeWithType(value, generator, provider, _typeSerializer);
        }
      }
    }

    private JsonSerializer<Object> serializerOf(Class<?> type, SerializerProvider provider) throws JsonMappingException {
      JsonSerializer<Object> known = _dynamicSerializers.serializerFor(type);
      return known != null ? known : _findAndAddDynamic(_dynamicSerializers, type, provider);
    }

    private boolean suppressed(Object value, JsonSerializer<Object> serializer, SerializerProvider provider) {
      return _suppressableValue == MARKER_FOR_EMPTY ? serializer.isEmpty(provider, value) : _suppressableValue.equals(value);
    }

    @Override
    public void assignSerializer(JsonSerializer<Object> serializer) {
      super.assignSerializer(serializer);
      theirs.assignSerializer(serializer);
    }

    @Override
    public void assignNullSerializer(JsonSerializer<Object> serializer) {
      super.assignNullSerializer(serializer);
      theirs.assignNullSerializer(serializer);
    }

    @Override
    public void assignTypeSerializer(TypeSerializer serializer) {
      super.assignTypeSerializer(serializer);
      theirs.assignTypeSerializer(serializer);
    }

    @Override
    public BeanPropertyWriter rename(NameTransformer names) {
      return theirs.rename(names);
    }
  }

  /** The unknown fields, which most objects have none of. */
  private static final class Unknown extends AnyGetterWriter {
    private static final long serialVersionUID = 1L;
    private final AnyGetterWriter theirs;
    private final transient ModelAccessor accessor;
    private final int number;

    Unknown(AnyGetterWriter theirs, ModelAccessor accessor, int number) {
      super(theirs, theirs, theirs.getMember(), null);
      this.theirs = theirs;
      this.accessor = accessor;
      this.number = number;
    }

    @Override
    public void getAndSerialize(Object bean, JsonGenerator generator, SerializerProvider provider) throws Exception {
      if (!(accessor.get(bean, number) instanceof Map<?, ?> fields) || !fields.isEmpty()) {
        theirs.getAndSerialize(bean, generator, provider);
      }
    }

    @Override
    public void getAndFilter(Object bean, JsonGenerator generator, SerializerProvider provider, PropertyFilter filter) throws Exception {
      theirs.getAndFilter(bean, generator, provider, filter);
    }

    @Override
    public void fixAccess(SerializationConfig config) {
      theirs.fixAccess(config);
    }

    @Override
    public void resolve(SerializerProvider provider) throws JsonMappingException {
      theirs.resolve(provider);
    }
  }
}
