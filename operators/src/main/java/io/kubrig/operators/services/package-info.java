/** What the controllers of Endpoints and EndpointSlices need to know of services and their pods. */
package io.kubrig.operators.services;
