/** Room for requests: limits on what runs at once, shared fairly between the flows of clients. */
package io.kubrig.apiserver.flowcontrol;
