/**
 * What is particular to each built-in kind, one class per kind, one package per API group; services have a package of their own for what
 * they allocate. {@link io.kubrig.apiserver.kinds.Kinds} puts them together.
 */
package io.kubrig.apiserver.kinds;
