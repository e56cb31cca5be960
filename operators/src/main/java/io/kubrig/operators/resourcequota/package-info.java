/**
 * Resource quotas: what a namespace uses of what it may use, counted anew when something is given back.
 *
 * <p>{@link io.kubrig.operators.resourcequota.PodUsage}, {@link io.kubrig.operators.resourcequota.ServiceUsage} and {@link
 * io.kubrig.operators.resourcequota.ClaimUsage} say what one object takes, {@link io.kubrig.operators.resourcequota.Scopes} which pods
 * a quota is about, {@link io.kubrig.operators.resourcequota.Counts} how many objects of any other kind there are. New objects are
 * added up by the API server's admission; the controller only takes back.
 */
package io.kubrig.operators.resourcequota;
