/**
 * Compiles the schema resource when the module is built; not part of the product.
 *
 * <p>{@link io.kubrig.schemas.compiler.DescriptorMessages} (with {@link io.kubrig.schemas.compiler.ProtoComments}) and
 * {@link io.kubrig.schemas.compiler.TextMessages} say what messages there are; {@link io.kubrig.schemas.compiler.GoFields} says how Go
 * writes them as JSON; {@link io.kubrig.schemas.compiler.SchemaAssembler} makes schemas of both;
 * {@link io.kubrig.schemas.compiler.SchemaCompiler} is the program.
 */
package io.kubrig.schemas.compiler;
