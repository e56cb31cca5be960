/** Which implementation of TLS connections use ({@link io.kubrig.machinery.tls.TlsImplementation}); docs/adr/0017 says why it is asked. */
package io.kubrig.machinery.tls;
