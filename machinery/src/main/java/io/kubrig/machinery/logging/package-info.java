/**
 * The log: an slf4j provider that writes the native components' lines to standard error, as text or JSON.
 *
 * <p>{@code info}, {@code warn} and {@code error} are always written; {@code debug} from {@code -v=4}, {@code trace} from {@code -v=6}. Key
 * values of the fluent API become structured fields: {@code log.atInfo().addKeyValue("pod", key).log("Starting")}. Libraries are kept
 * quiet: their {@code info} counts as {@code debug}, their {@code debug} is written from {@code -v=8}.
 */
package io.kubrig.machinery.logging;
