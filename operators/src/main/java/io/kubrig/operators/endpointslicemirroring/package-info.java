/** EndpointSlices that mirror Endpoints made by hand, for services without a selector. */
package io.kubrig.operators.endpointslicemirroring;
