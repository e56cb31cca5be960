package io.kubrig.machinery.models;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.PropertyName;
import com.fasterxml.jackson.databind.deser.BeanDeserializerBuilder;
import com.fasterxml.jackson.databind.deser.BeanDeserializerModifier;
import com.fasterxml.jackson.databind.deser.NullValueProvider;
import com.fasterxml.jackson.databind.deser.SettableBeanProperty;
import com.fasterxml.jackson.databind.deser.ValueInstantiator;
import com.fasterxml.jackson.databind.deser.impl.MethodProperty;
import com.fasterxml.jackson.databind.deser.impl.NullsConstantProvider;
import com.fasterxml.jackson.databind.deser.std.StdValueInstantiator;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import io.kubrig.machinery.models.accessors.ModelAccessor;
import java.io.IOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Makes models and sets their properties by their accessors where Jackson would by reflection. Others are left as they are. */
final class DirectReading extends BeanDeserializerModifier {
  private static final long serialVersionUID = 1L;

  @Override
  public BeanDeserializerBuilder updateBuilder(DeserializationConfig config, BeanDescription bean, BeanDeserializerBuilder builder) {
    ModelAccessor.of(bean.getBeanClass()).ifPresent(accessor -> {
      ValueInstantiator instantiator = builder.getValueInstantiator();
      if (instantiator.getClass() == StdValueInstantiator.class && instantiator.canCreateUsingDefault()) {
        builder.setValueInstantiator(new Instantiator((StdValueInstantiator) instantiator, accessor));
      }
      List<SettableBeanProperty> properties = new ArrayList<>();
      for (Iterator<SettableBeanProperty> all = builder.getProperties(); all.hasNext();) {
        properties.add(all.next());
      }
      for (SettableBeanProperty property : properties) {
        if (property.getClass() == MethodProperty.class && property.getMember().getMember() instanceof Method setter
            && accessor.property(setter) >= 0) {
          builder.addOrReplaceProperty(new Property(property, accessor, accessor.property(setter)), true);
        }
      }
    });
    return builder;
  }

  private static final class Instantiator extends StdValueInstantiator {
    private static final long serialVersionUID = 1L;
    private final transient ModelAccessor accessor;

    Instantiator(StdValueInstantiator reflecting, ModelAccessor accessor) {
      super(reflecting);
      this.accessor = accessor;
    }

    @Override
    public Object createUsingDefault(DeserializationContext context) {
      return accessor.create();
    }
  }

  /** A property as {@link MethodProperty} is one. */
  private static final class Property extends SettableBeanProperty {
    private static final long serialVersionUID = 1L;
    private final SettableBeanProperty reflecting;
    private final transient ModelAccessor accessor;
    private final int number;
    private final boolean skipsNulls;

    Property(SettableBeanProperty reflecting, ModelAccessor accessor, int number) {
      super(reflecting);
      this.reflecting = reflecting;
      this.accessor = accessor;
      this.number = number;
      this.skipsNulls = NullsConstantProvider.isSkipper(_nullProvider);
    }

    private Property with(SettableBeanProperty other) {
      return other == reflecting ? this : new Property(other, accessor, number);
    }

    @Override
    public SettableBeanProperty withValueDeserializer(JsonDeserializer<?> deserializer) {
      return with(reflecting.withValueDeserializer(deserializer));
    }

    @Override
    public SettableBeanProperty withName(PropertyName name) {
      return with(reflecting.withName(name));
    }

    @Override
    public SettableBeanProperty withNullProvider(NullValueProvider nulls) {
      return with(reflecting.withNullProvider(nulls));
    }

    @Override
    public <A extends Annotation> A getAnnotation(Class<A> type) {
      return reflecting.getAnnotation(type);
    }

    @Override
    public AnnotatedMember getMember() {
      return reflecting.getMember();
    }

    @Override
    public void fixAccess(DeserializationConfig config) {
      reflecting.fixAccess(config);
    }

    @Override
    public void deserializeAndSet(JsonParser parser, DeserializationContext context, Object bean) throws IOException {
      Object value = null;
      if (!parser.hasToken(JsonToken.VALUE_NULL)) {
        value = _valueTypeDeserializer == null ? _valueDeserializer.deserialize(parser, context)
            : _valueDeserializer.deserializeWithType(parser, context, _valueTypeDeserializer);
      }
      if (value == null) {
        if (skipsNulls) {
          return;
        }
        value = _nullProvider.getNullValue(context);
      }
      set(bean, value);
    }

    @Override
    public Object deserializeSetAndReturn(JsonParser parser, DeserializationContext context, Object bean) throws IOException {
      deserializeAndSet(parser, context, bean);
      return bean;
    }

    @Override
    public void set(Object bean, Object value) throws IOException {
      try {
        accessor.set(bean, number, value);
      } catch (ClassCastException e) {
        reflecting.set(bean, value); // which says what is wrong
      }
    }

    @Override
    public Object setAndReturn(Object bean, Object value) throws IOException {
      set(bean, value);
      return bean;
    }
  }
}
