package io.kubrig.standalone;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.kubrig.machinery.component.ComponentMain;
import io.kubrig.machinery.component.StartException;
import io.kubrig.machinery.config.ConfigException;
import io.kubrig.machinery.flags.FlagException;
import io.kubrig.machinery.pki.PkiException;
import io.kubrig.scheduler.whatif.QuestionException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import picocli.AutoComplete;
import picocli.CommandLine;

/** The entry of the {@code kubrig} program. */
@CommandLine.Command(
    name = "kubrig",
    description = "Kubernetes, re-rigged in Java.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      InitCommand.class, JoinCommand.class, TokenCommand.class, UpCommand.class, DownCommand.class, ResetCommand.class,
      StatusCommand.class, KubeconfigCommand.class, RestoreCommand.class, WhyCommand.class, SimulateCommand.class,
      TrainCommand.class, VersionCommand.class
    },
    footer = {
      "",
      "Each component also runs alone, with the native component's flags:",
      "  kubrig apiserver | scheduler | controller-manager | kubelet | proxy | dns [--help]"
    })
public final class Main {
  private static final String COMPLETION = "completion";

  @CommandLine.Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Shows this help.")
  private boolean help;

  private Main() {}

  /** Runs a command and ends the process with its exit code. */
  public static void main(String[] args) throws InterruptedException {
    Carriers.provide();
    System.exit(run(List.of(args)));
  }

  static int run(List<String> args) throws InterruptedException {
    Optional<Components> component = args.isEmpty() ? Optional.empty() : Components.find(args.getFirst());
    if (component.isPresent()) {
      if (component.get() == Components.CONTROLLER_MANAGER) { // of all others, callers would have to wait meanwhile
        HeapGrowth.bound();
      }
      try {
        return new ComponentMain(component.get().factory(), System.out, System.err).run(args.subList(1, args.size()), Terminal.width());
      } catch (StartException e) {
        System.err.println("Error: " + e.getMessage());
        return 1;
      }
    }
    CommandLine commands = commands();
    if (!args.isEmpty() && args.getFirst().equals(COMPLETION)) {
      System.out.println(AutoComplete.bash("kubrig", commands));
      return 0;
    }
    if (args.isEmpty()) {
      commands.usage(System.out);
      return 0;
    }
    return commands.execute(args.toArray(String[]::new));
  }

  static CommandLine commands() {
    CommandLine commands = new CommandLine(new Main());
    commands.setParameterExceptionHandler(Main::refuse);
    commands.setExecutionExceptionHandler(Main::fail);
    return commands;
  }

  private static int refuse(CommandLine.ParameterException problem, String[] args) {
    System.err.println("Error: " + problem.getMessage());
    System.err.println("Run 'kubrig " + String.join(" ", Arrays.copyOf(args, Math.min(1, args.length))) + " --help' for usage.");
    return 1;
  }

  private static int fail(Exception problem, CommandLine command, CommandLine.ParseResult parsed) throws Exception {
    switch (problem) {
      case StartException e -> System.err.println("Error: " + e.getMessage());
      case FlagException e -> System.err.println("Error: " + e.getMessage());
      case ConfigException e -> System.err.println("Error: " + e.getMessage());
      case KubernetesClientException e -> System.err.println("Error: " + reason(e));
      case PkiException e -> System.err.println("Error: " + e.getMessage());
      case QuestionException e -> System.err.println("Error: " + e.getMessage());
      case UncheckedIOException e -> System.err.println("Error: " + e.getMessage());
      default -> throw problem;
    }
    return 1;
  }

  private static String reason(KubernetesClientException e) {
    boolean unreachable = e.getCode() == 0 && e.getCause() != null;
    return unreachable ? "the API server does not answer: " + e.getCause().getMessage() : e.getMessage();
  }
}
