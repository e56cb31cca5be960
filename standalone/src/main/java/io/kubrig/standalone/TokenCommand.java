package io.kubrig.standalone;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.component.ClientSettings;
import io.kubrig.machinery.component.KubeconfigClients;
import io.kubrig.machinery.component.StartException;
import io.kubrig.machinery.pki.PemFiles;
import io.kubrig.standalone.kubeadm.BootstrapToken;
import io.kubrig.standalone.kubeadm.InitConfiguration;
import io.kubrig.standalone.kubeadm.JoinLine;
import io.kubrig.standalone.kubeadm.TokenTable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code kubrig token}: the tokens by which machines join. */
@Command(name = "token", description = "Manages bootstrap tokens, by which machines join.", subcommands = {
  TokenCommand.Create.class, TokenCommand.Delete.class, TokenCommand.Generate.class, TokenCommand.ListThem.class})
final class TokenCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help.")
  private boolean help;

  @Override
  public Integer call() {
    throw new CommandLine.ParameterException(spec.commandLine(),
        "missing subcommand; \"kubrig token\" is not meant to be run on its own: create, delete, generate or list");
  }

  /** Which cluster. */
  static final class Access {
    @Option(names = "--kubeconfig", paramLabel = "FILE", description = "The cluster; without it the one of the data directory.")
    private Path kubeconfig;

    @Mixin private DataDirectoryOption data;

    private Path file() {
      return kubeconfig != null ? kubeconfig : data.directory().adminKubeconfig();
    }

    KubernetesClient open() {
      return new KubeconfigClients().open(ClientSettings.of("kubrig", file().toString()));
    }

    /** The command by which a machine joins with a token. */
    String joinLine(String token) {
      Config config = Config.fromKubeconfig(file().toFile());
      if (config.getCaCertData() == null) {
        throw new StartException("no CA certificates found in kubeconfig " + file());
      }
      String authority = new String(Base64.getDecoder().decode(config.getCaCertData()), StandardCharsets.US_ASCII);
      String endpoint = config.getMasterUrl().replaceAll("^https://", "").replaceAll("/$", "");
      return JoinLine.flat(JoinLine.of(endpoint, token, PemFiles.certificates(authority, file().toString())));
    }
  }

  /** {@code token create}. */
  @Command(name = "create", description = "Creates a bootstrap token on the server.")
  static final class Create implements Callable<Integer> {
    @Mixin private Access access;

    @Parameters(arity = "0..1", paramLabel = "TOKEN", description = "The token, [a-z0-9]{6}.[a-z0-9]{16}; without it a new one.")
    private String token;

    @Option(names = "--ttl", paramLabel = "DURATION", defaultValue = "24h0m0s",
        description = "How long it lives, such as 2h; 0 for ever (default: ${DEFAULT-VALUE}).")
    private String ttl;

    @Option(names = "--usages", split = ",", defaultValue = "signing,authentication", description = "What it is good for: "
        + "${DEFAULT-VALUE}.")
    private List<String> usages;

    @Option(names = "--groups", split = ",", defaultValue = BootstrapToken.NODES,
        description = "The groups of whoever shows it (default: ${DEFAULT-VALUE}).")
    private List<String> groups;

    @Option(names = "--description", defaultValue = "", description = "What it is for.")
    private String description;

    @Option(names = "--print-join-command", description = "Prints the command by which a machine joins with it.")
    private boolean printJoinCommand;

    @Override
    public Integer call() {
      BootstrapToken made = TokenOptions.token(token).with(description,
          InitConfiguration.ending(TokenOptions.ttl("--ttl", ttl), Clock.system()), usages, groups);
      try (KubernetesClient client = access.open()) {
        if (client.secrets().inNamespace(BootstrapToken.NAMESPACE).withName(BootstrapToken.secretName(made.id())).get() != null) {
          throw new StartException("a token with id \"" + made.id() + "\" already exists");
        }
        client.resource(made.toSecret()).create();
      }
      System.out.println(printJoinCommand ? access.joinLine(made.text()) : made.text());
      return 0;
    }
  }

  /** {@code token list}. */
  @Command(name = "list", description = "Lists the bootstrap tokens on the server.")
  static final class ListThem implements Callable<Integer> {
    @Mixin private Access access;

    @Override
    public Integer call() {
      List<BootstrapToken> tokens = new ArrayList<>();
      try (KubernetesClient client = access.open()) {
        for (Secret secret : client.secrets().inNamespace(BootstrapToken.NAMESPACE).withField("type", BootstrapToken.TYPE).list()
            .getItems()) {
          try {
            tokens.add(BootstrapToken.of(secret));
          } catch (StartException e) {
            System.err.println(e.getMessage());
          }
        }
      }
      System.out.print(TokenTable.of(tokens, Clock.system().now()));
      return 0;
    }
  }

  /** {@code token delete}. */
  @Command(name = "delete", description = "Deletes bootstrap tokens on the server.")
  static final class Delete implements Callable<Integer> {
    @Mixin private Access access;

    @Parameters(arity = "0..*", paramLabel = "TOKEN", description = "Tokens or their IDs, the six characters before the dot.")
    private List<String> tokens = new ArrayList<>();

    @Override
    public Integer call() {
      if (tokens.isEmpty()) {
        throw new StartException("missing argument; 'token delete' is missing token of form \"" + BootstrapToken.PATTERN + "\" or \""
            + BootstrapToken.ID_PATTERN + "\"");
      }
      try (KubernetesClient client = access.open()) {
        for (String token : tokens) {
          if (!token.matches(BootstrapToken.PATTERN) && !token.matches(BootstrapToken.ID_PATTERN)) {
            throw new StartException("given token didn't match pattern \"" + BootstrapToken.PATTERN + "\" or \""
                + BootstrapToken.ID_PATTERN + "\"");
          }
          delete(client, token.substring(0, 6));
        }
      }
      return 0;
    }

    private static void delete(KubernetesClient client, String id) {
      String name = BootstrapToken.secretName(id);
      Resource<Secret> kept = client.secrets().inNamespace(BootstrapToken.NAMESPACE).withName(name);
      if (kept.get() == null) {
        throw new StartException("failed to delete bootstrap token \"" + id + "\": secrets \"" + name + "\" not found");
      }
      kept.delete();
      System.out.println("bootstrap token \"" + id + "\" deleted");
    }
  }

  /** {@code token generate}. */
  @Command(name = "generate", description = "Prints a new bootstrap token without creating it on the server.")
  static final class Generate implements Callable<Integer> {
    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help.")
    private boolean help;

    @Override
    public Integer call() {
      System.out.println(TokenOptions.token("").text());
      return 0;
    }
  }
}
