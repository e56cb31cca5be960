/**
 * What is served, as OpenAPI: version 3.0 per group version, version 2 as one document.
 *
 * <p>{@link io.kubrig.apiserver.openapi.ApiPaths} lists the operations of what is served ({@code ResourceOperations} those of one
 * resource), {@link io.kubrig.apiserver.openapi.Definitions} gives the schemas, {@code DocumentV3} and {@code DocumentV2} write documents
 * of both (pure), {@link io.kubrig.apiserver.openapi.OpenApiHandler} answers requests. Nothing is written before it is asked for.
 */
package io.kubrig.apiserver.openapi;
