/**
 * The schemas and the resource table of the built-in kinds.
 *
 * <p>{@link io.kubrig.schemas.KubernetesSchemas} is the door. What it loads is compiled when this module is built:
 * {@link io.kubrig.schemas.compiler.SchemaCompiler} reads the descriptors and comments of {@code client-java-proto} and the text files
 * under {@code src/main/data} and writes the resources {@code kubernetes.schema} ({@link io.kubrig.schemas.SchemaFormat}) and
 * {@code kubernetes.descriptions} ({@link io.kubrig.schemas.Descriptions}). {@code resources.txt} and {@code groups.txt} are read as they
 * are.
 */
package io.kubrig.schemas;
