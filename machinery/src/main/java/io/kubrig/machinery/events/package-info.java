/** What every component does before it writes a core/v1 event: count equal ones, combine similar ones, and stop floods. */
package io.kubrig.machinery.events;
