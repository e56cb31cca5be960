/** Reading and writing Fabric8's models of objects at the least cost. */
package io.kubrig.machinery.models;
