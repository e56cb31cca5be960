/**
 * The command-line flags of the native components: declaration ({@link io.kubrig.machinery.flags.FlagSet}), syntax, error texts and
 * help output.
 *
 * <p>A component declares its flags once, in sections, and keeps the typed handles:
 *
 * <pre>{@code
 * FlagSet flags = new FlagSet("kube-scheduler", "The Kubernetes scheduler is ...");
 * Flag<Integer> securePort = flags.section("secure serving").int32("secure-port", 10259, "The port on which ...");
 * ParsedFlags parsed = flags.parse(args);
 * int port = parsed.value(securePort);
 * }</pre>
 *
 * A flag that is not declared is an error. A native flag that has no meaning in Kubrig is declared {@code inert} with the reason; using it
 * gives a warning that states the reason.
 */
package io.kubrig.machinery.flags;
