package io.kubrig.kubelet.containerd;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A container image of one layer, put together by hand and written as a docker archive ({@code docker save} form) that
 * {@code ctr images import} reads. No daemon and no registry takes part.
 *
 * <p><b>Shape</b>: paths are absolute inside the image; parent directories are made as needed. <b>Source</b>: Docker Image
 * Specification v1.2.
 */
public final class ImageArchive {
  /** A file system node of the layer. */
  private sealed interface Node {
    record File(byte[] content, int mode) implements Node {}

    record Link(String target) implements Node {}

    record Directory(int mode) implements Node {}
  }

  private static final ObjectMapper JSON = new ObjectMapper();

  private final List<String> names;
  private final Map<String, Node> nodes = new TreeMap<>();
  private final Map<String, String> env = new LinkedHashMap<>();
  private final Map<String, String> labels = new LinkedHashMap<>();
  private List<String> entrypoint = List.of();
  private List<String> command = List.of();
  private String user = "";
  private String workingDirectory = "";

  private ImageArchive(List<String> names) {
    this.names = names;
    env.put("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
  }

  /** Starts an empty image; a name is complete with registry and tag. */
  public static ImageArchive named(String... names) {
    return new ImageArchive(List.of(names));
  }

  /**
   * An image with a shell and small tools: {@code /bin/busybox} under the names of the given applets, {@code /etc/passwd} and {@code /tmp}.
   */
  public static ImageArchive ofBusybox(Path busybox, List<String> applets, String... names) {
    ImageArchive image = named(names).file("/bin/busybox", busybox, 0755);
    applets.forEach(applet -> image.link("/bin/" + applet, "busybox"));
    return image
        .text("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n", 0644)
        .text("/etc/group", "root:x:0:\nnobody:x:65534:\n", 0644)
        .directory("/tmp", 01777)
        .directory("/root", 0700);
  }

  /** The image of a pod's sandbox: a process that does nothing until it is killed. */
  public static ImageArchive pause(Path busybox, String name) {
    return named(name).file("/bin/busybox", busybox, 0755).entrypoint("/bin/busybox", "sleep", "2147483647").user("65535:65535");
  }

  public ImageArchive file(String path, Path source, int mode) {
    try {
      nodes.put(path, new Node.File(Files.readAllBytes(source), mode));
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public ImageArchive text(String path, String content, int mode) {
    nodes.put(path, new Node.File(content.getBytes(StandardCharsets.UTF_8), mode));
    return this;
  }

  public ImageArchive link(String path, String target) {
    nodes.put(path, new Node.Link(target));
    return this;
  }

  public ImageArchive directory(String path, int mode) {
    nodes.put(path, new Node.Directory(mode));
    return this;
  }

  public ImageArchive entrypoint(String... words) {
    this.entrypoint = List.of(words);
    return this;
  }

  public ImageArchive command(String... words) {
    this.command = List.of(words);
    return this;
  }

  public ImageArchive env(String name, String value) {
    env.put(name, value);
    return this;
  }

  public ImageArchive label(String name, String value) {
    labels.put(name, value);
    return this;
  }

  public ImageArchive user(String name) {
    this.user = name;
    return this;
  }

  public ImageArchive workingDirectory(String path) {
    this.workingDirectory = path;
    return this;
  }

  /** Writes the archive; an existing file is replaced. */
  public void writeTo(Path archive) throws IOException {
    byte[] layer = layer();
    byte[] config = JSON.writeValueAsBytes(config("sha256:" + sha256(layer)));
    String configName = sha256(config) + ".json";
    ArrayNode manifest = JSON.createArrayNode();
    ObjectNode entry = manifest.addObject();
    entry.put("Config", configName);
    names.forEach(entry.putArray("RepoTags")::add);
    entry.putArray("Layers").add("layer.tar");
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(archive));
        TarWriter tar = new TarWriter(out)) {
      tar.file("manifest.json", 0644, JSON.writeValueAsBytes(manifest));
      tar.file(configName, 0644, config);
      tar.file("layer.tar", 0644, layer);
    }
  }

  private ObjectNode config(String diffId) {
    ObjectNode root = JSON.createObjectNode();
    root.put("created", "1970-01-01T00:00:00Z");
    root.put("architecture", architecture());
    root.put("os", "linux");
    ObjectNode config = root.putObject("config");
    ArrayNode variables = config.putArray("Env");
    env.forEach((name, value) -> variables.add(name + "=" + value));
    entrypoint.forEach(config.putArray("Entrypoint")::add);
    command.forEach(config.putArray("Cmd")::add);
    config.put("User", user);
    config.put("WorkingDir", workingDirectory);
    ObjectNode labelNode = config.putObject("Labels");
    labels.forEach(labelNode::put);
    ObjectNode rootfs = root.putObject("rootfs");
    rootfs.put("type", "layers");
    rootfs.putArray("diff_ids").add(diffId);
    root.putArray("history").addObject().put("created", "1970-01-01T00:00:00Z").put("created_by", "kubrig");
    return root;
  }

  private static String architecture() {
    return "aarch64".equals(System.getProperty("os.arch")) ? "arm64" : "amd64";
  }

  private byte[] layer() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarWriter tar = new TarWriter(bytes)) {
      for (String parent : parents()) {
        tar.directory(parent, nodes.get("/" + parent) instanceof Node.Directory(int mode) ? mode : 0755);
      }
      for (Map.Entry<String, Node> node : nodes.entrySet()) {
        String name = node.getKey().substring(1);
        switch (node.getValue()) {
          case Node.File(byte[] content, int mode) -> tar.file(name, mode, content);
          case Node.Link(String target) -> tar.link(name, target);
          case Node.Directory ignored -> {
            // written above, before what it holds
          }
        }
      }
    }
    return bytes.toByteArray();
  }

  private List<String> parents() {
    TreeSet<String> parents = new TreeSet<>();
    nodes.forEach(
        (path, node) -> {
          if (node instanceof Node.Directory) {
            parents.add(path.substring(1));
          }
          for (int slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
            parents.add(path.substring(1, slash));
          }
        });
    return new ArrayList<>(parents);
  }

  private static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
