/** The server's sockets and what happens to a query on its way. */
package io.kubrig.dns.server;
