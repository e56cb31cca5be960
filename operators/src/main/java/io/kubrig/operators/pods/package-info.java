/** What every workload controller asks of pods and does with them: readiness, making them from templates, choosing which go first. */
package io.kubrig.operators.pods;
