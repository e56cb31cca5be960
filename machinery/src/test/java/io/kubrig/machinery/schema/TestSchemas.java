package io.kubrig.machinery.schema;

import io.kubrig.machinery.schema.Schema.Field;
import io.kubrig.machinery.schema.Schema.ListType;
import io.kubrig.machinery.schema.Schema.Type;
import java.util.List;

/** A kind of every peculiarity, in the style of the built-in ones. */
public final class TestSchemas {
  public static final Schema STRING = new Schema(Type.STRING);
  public static final Schema INT32 = new Schema(Type.INTEGER).format("int32");
  public static final Schema BOOLEAN = new Schema(Type.BOOLEAN);
  public static final Schema STRINGS = new Schema(Type.MAP).items(STRING);

  public static final Schema OBJECT_META =
      new Schema(Type.OBJECT)
          .name("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta")
          .field(new Field("name", STRING))
          .field(new Field("namespace", STRING))
          .field(new Field("uid", STRING))
          .field(new Field("resourceVersion", STRING))
          .field(new Field("generation", new Schema(Type.INTEGER).format("int64")))
          .field(new Field("creationTimestamp", new Schema(Type.TIME)).omitZero(true))
          .field(new Field("deletionTimestamp", new Schema(Type.TIME)).pointer(true))
          .field(new Field("labels", STRINGS))
          .field(new Field("annotations", STRINGS))
          .field(new Field("finalizers", new Schema(Type.ARRAY).items(STRING).listType(ListType.SET, List.of())).patchStrategy("merge"))
          .field(new Field("managedFields", new Schema(Type.ARRAY).items(new Schema(Type.ANY))));

  public static final Schema ENV =
      new Schema(Type.OBJECT)
          .name("io.k8s.api.core.v1.EnvVar")
          .field(new Field("name", STRING).omitEmpty(false).required(true))
          .field(new Field("value", STRING));

  public static final Schema PORT =
      new Schema(Type.OBJECT)
          .name("io.k8s.api.core.v1.ContainerPort")
          .field(new Field("name", STRING))
          .field(new Field("containerPort", INT32).omitEmpty(false).required(true))
          .field(new Field("protocol", STRING).defaultValue("TCP"))
          .field(new Field("target", new Schema(Type.INT_OR_STRING)).pointer(true));

  public static final Schema CONTAINER =
      new Schema(Type.OBJECT)
          .name("io.k8s.api.core.v1.Container")
          .field(new Field("name", STRING).omitEmpty(false).required(true))
          .field(new Field("image", STRING))
          .field(new Field("args", new Schema(Type.ARRAY).items(STRING).listType(ListType.ATOMIC, List.of())))
          .field(
              new Field("ports", new Schema(Type.ARRAY).items(PORT).listType(ListType.MAP, List.of("containerPort", "protocol")))
                  .patchStrategy("merge")
                  .patchMergeKey("containerPort"))
          .field(new Field("env", new Schema(Type.ARRAY).items(ENV).listType(ListType.MAP, List.of("name"))).patchStrategy("merge")
              .patchMergeKey("name"))
          .field(new Field("limits", new Schema(Type.MAP).items(new Schema(Type.QUANTITY))));

  public static final Schema STRATEGY =
      new Schema(Type.OBJECT)
          .name("io.k8s.api.apps.v1.DeploymentStrategy")
          .field(new Field("type", STRING))
          .field(new Field("rollingUpdate", new Schema(Type.MAP).items(STRING)).pointer(true));

  public static final Schema SPEC =
      new Schema(Type.OBJECT)
          .name("io.k8s.api.apps.v1.GadgetSpec")
          .field(new Field("replicas", INT32).pointer(true))
          .field(new Field("paused", BOOLEAN))
          .field(new Field("selector",
              new Schema(Type.OBJECT).name("x.v1.LabelSelector").field(new Field("matchLabels", STRINGS)).atomicMap(true)).pointer(true)
              .omitEmpty(false))
          .field(
              new Field("containers", new Schema(Type.ARRAY).items(CONTAINER).listType(ListType.MAP, List.of("name")))
                  .patchStrategy("merge")
                  .patchMergeKey("name")
                  .omitEmpty(false))
          .field(new Field("strategy", STRATEGY).patchStrategy("retainKeys"))
          .field(new Field("rawData", new Schema(Type.ANY)).pointer(true))
          .field(new Field("secret", new Schema(Type.BYTES).format("byte")))
          .field(new Field("quota", new Schema(Type.QUANTITY)))
          .field(new Field("period", new Schema(Type.DURATION)).pointer(true))
          .field(new Field("renewTime", new Schema(Type.MICRO_TIME)).pointer(true));

  public static final Schema GADGET =
      new Schema(Type.OBJECT)
          .name("io.k8s.api.apps.v1.Gadget")
          .field(new Field("kind", STRING))
          .field(new Field("apiVersion", STRING))
          .field(new Field("metadata", OBJECT_META))
          .field(new Field("spec", SPEC))
          .field(new Field("data", STRINGS))
          .field(new Field("status", new Schema(Type.OBJECT).name("io.k8s.api.apps.v1.GadgetStatus").field(new Field("ready", INT32))));

  private TestSchemas() {}
}
