package io.kubrig.kubelet.containerd;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;

/**
 * The pod network of one node: a bridge whose addresses come out of the node's pod ranges, with host ports and the loopback device, by the
 * standard CNI plugins.
 *
 * @param directory where the runtime looks for its network configuration
 * @param bridge name of the network device, at most 15 characters
 * @param addresses where the plugin {@code host-local} keeps its leases
 */
public record CniNetwork(Path directory, String bridge, Path addresses) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String FILE = "10-kubrig.conflist";

  /** Writes the configuration for the node's pod ranges; one that is already as it should be is left alone. */
  public void write(List<String> podCidrs) throws IOException {
    byte[] content = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(conflist(podCidrs));
    Path file = directory.resolve(FILE);
    if (Files.exists(file) && Arrays.equals(Files.readAllBytes(file), content)) {
      return;
    }
    Files.createDirectories(directory);
    Path next = directory.resolve("." + FILE);
    Files.write(next, content);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Removes the configuration, which makes the node's network not ready. */
  public void remove() throws IOException {
    Files.deleteIfExists(directory.resolve(FILE));
  }

  ObjectNode conflist(List<String> podCidrs) {
    ObjectNode root = JSON.createObjectNode();
    root.put("cniVersion", "0.4.0").put("name", "kubrig");
    ArrayNode plugins = root.putArray("plugins");
    ObjectNode plugin = plugins.addObject();
    plugin.put("type", "bridge").put("bridge", bridge).put("isGateway", true).put("ipMasq", true).put("hairpinMode", true);
    ObjectNode ipam = plugin.putObject("ipam");
    ipam.put("type", "host-local").put("dataDir", addresses.toString());
    ArrayNode ranges = ipam.putArray("ranges");
    ArrayNode routes = ipam.putArray("routes");
    for (String cidr : podCidrs) {
      ranges.addArray().addObject().put("subnet", cidr);
      routes.addObject().put("dst", cidr.contains(":") ? "::/0" : "0.0.0.0/0");
    }
    plugins.addObject().put("type", "portmap").putObject("capabilities").put("portMappings", true);
    return root;
  }
}
