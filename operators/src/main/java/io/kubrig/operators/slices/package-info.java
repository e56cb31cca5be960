/** How endpoints are packed into EndpointSlices with few writes: the one algorithm behind own and mirrored slices. */
package io.kubrig.operators.slices;
