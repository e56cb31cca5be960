/**
 * The scheduler as a shadow of another one: it decides about the same pods and does nothing. {@link io.kubrig.scheduler.shadow.ShadowApi}
 * stands between it and the API, {@link io.kubrig.scheduler.shadow.ShadowReport} tells where the two differ.
 */
package io.kubrig.scheduler.shadow;
