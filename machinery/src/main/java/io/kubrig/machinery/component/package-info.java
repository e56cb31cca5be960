/**
 * What a part of the cluster is as a program: a {@link io.kubrig.machinery.component.ComponentFactory} with native flags that makes a
 * {@link io.kubrig.machinery.component.Component} in an {@link io.kubrig.machinery.component.Environment}. The same factory serves the
 * stand-alone command, the whole cluster in one process, and tests on virtual time.
 */
package io.kubrig.machinery.component;
