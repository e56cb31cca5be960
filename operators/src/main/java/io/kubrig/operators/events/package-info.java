/** Events as client-go's recorder makes them: names, sources, series by counting, aggregation of like ones, and a spam filter. */
package io.kubrig.operators.events;
