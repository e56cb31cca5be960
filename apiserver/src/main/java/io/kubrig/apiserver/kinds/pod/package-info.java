/**
 * Pods, and what every kind that is made of pods shares: {@link io.kubrig.apiserver.kinds.pod.Pods} is the kind, {@code PodDefaults} fills
 * a pod spec, {@code PodRules} and the {@code …Rules} beside it find what is wrong with one, {@code PodResources} adds up what one asks
 * for.
 */
package io.kubrig.apiserver.kinds.pod;
