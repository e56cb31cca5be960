/** The server's end of WebSocket connections (RFC 6455) over a connection that has left HTTP/1.1. */
package io.kubrig.apiserver.websocket;
