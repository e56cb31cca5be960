/** Tracked flows of the kernel that services have left behind: which they are (pure) and their removal through ctnetlink. */
package io.kubrig.proxy.conntrack;
