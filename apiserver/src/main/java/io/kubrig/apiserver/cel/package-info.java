/**
 * The Common Expression Language as Kubernetes speaks it: {@link io.kubrig.apiserver.cel.CelEnvironment} compiles, {@link io.kubrig.apiserver.cel.CelProgram}
 * evaluates within a cost limit, {@link io.kubrig.apiserver.cel.CelTypes} makes types and {@link io.kubrig.apiserver.cel.CelValues} values of schemas and
 * trees. Nothing of it is loaded before the first expression is compiled.
 */
package io.kubrig.apiserver.cel;
