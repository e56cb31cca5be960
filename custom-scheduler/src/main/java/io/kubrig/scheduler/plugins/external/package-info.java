/**
 * Plugins from jars: found and read by {@link io.kubrig.scheduler.plugins.external.PluginDirectory}, kept from doing harm by {@code Guard}.
 */
package io.kubrig.scheduler.plugins.external;
