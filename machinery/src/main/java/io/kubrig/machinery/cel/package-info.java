/**
 * The Common Expression Language as Kubernetes speaks it: a {@link io.kubrig.machinery.cel.CelLanguage} is a set of libraries, a
 * {@link io.kubrig.machinery.cel.CelEnvironment} compiles over a set of variables, a {@link io.kubrig.machinery.cel.CelProgram} evaluates
 * within a cost limit, {@link io.kubrig.machinery.cel.CelTypes} makes types and {@link io.kubrig.machinery.cel.CelValues} values of schemas
 * and trees, {@link io.kubrig.machinery.cel.DeviceSelector} chooses devices. Whoever uses it depends on {@code dev.cel} and {@code re2j},
 * which machinery itself does not pass on.
 */
package io.kubrig.machinery.cel;
