/** Points in time as the API writes them: RFC 3339 in UTC with seconds (Time) or microseconds (MicroTime). */
package io.kubrig.machinery.timestamp;
