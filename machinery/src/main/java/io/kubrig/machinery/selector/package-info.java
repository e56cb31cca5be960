/** Label and field selectors: parsing with native messages, matching, printing. */
package io.kubrig.machinery.selector;
