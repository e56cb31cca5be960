/**
 * Kinds that users define. {@link io.kubrig.apiserver.customresource.CustomResources} follows the stored CustomResourceDefinitions and
 * keeps the catalog, discovery and OpenAPI in step with them; {@link io.kubrig.apiserver.customresource.DefinitionController} accepts
 * names, establishes and finalizes definitions; {@link io.kubrig.apiserver.customresource.DefinitionKind} is the kind of the definitions
 * themselves, and {@link io.kubrig.apiserver.customresource.CustomKind} that of the objects they define, which are served through the
 * registry as all others.
 */
package io.kubrig.apiserver.customresource;
