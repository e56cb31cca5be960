/** IP addresses and ranges as values: parsed as leniently or strictly as native does, written canonically. No name is ever looked up. */
package io.kubrig.machinery.network;
