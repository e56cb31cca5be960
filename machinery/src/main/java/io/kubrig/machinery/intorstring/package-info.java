/** Values that are a number or a text, such as {@code maxUnavailable: 25%}. */
package io.kubrig.machinery.intorstring;
