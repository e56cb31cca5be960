/**
 * YAML as kubectl and the API server read and write it: the JSON subset, with the scalars of YAML 1.1, over
 * {@link io.kubrig.machinery.tree.Tree}.
 */
package io.kubrig.machinery.yaml;
