/** The object tree: what an API object is while a request works on it, whatever its kind and encoding. */
package io.kubrig.machinery.tree;
