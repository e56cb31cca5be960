/**
 * EndpointSlices of services with a selector. {@link io.kubrig.operators.endpointslice.ServiceEndpoints} turns pods into endpoints, {@link
 * io.kubrig.operators.slices.SlicePlan} packs them, {@link io.kubrig.operators.endpointslice.TrafficHints} says who is to use them.
 */
package io.kubrig.operators.endpointslice;
