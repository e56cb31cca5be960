package io.kubrig.e2e;

import io.kubrig.kubelet.containerd.ImageArchive;
import java.nio.file.Path;
import java.util.List;

/** The images of the sample applications: busybox, and a few scripts. */
final class SampleImages {
  /** Serves {@code /www} on port 8080 until it is told to end. */
  static final String SERVE =
      """
      #!/bin/sh
      trap 'exit 0' TERM
      echo "serving version $(cat /version)"
      httpd -f -p 8080 -h /www &
      wait
      """;

  /** Answers with everything that the pod was configured with. */
  static final String HELLO =
      """
      #!/bin/sh
      printf 'Content-Type: text/plain\\r\\n\\r\\n'
      echo "$GREETING from $(cat /version), $(cat /etc/web/motd.txt), $(cat /etc/secret/password)=$PASSWORD"
      """;

  /** Answers with the pod's name. */
  static final String WHOAMI =
      """
      #!/bin/sh
      printf 'Content-Type: text/plain\\r\\n\\r\\n'
      hostname
      """;

  private static final Path BUSYBOX = Path.of("/bin/busybox");
  private static final List<String> APPLETS =
      List.of("sh", "cat", "echo", "env", "ls", "sleep", "test", "hostname", "httpd", "wget", "nslookup", "nc", "id", "stty", "mount",
          "true", "false");

  private SampleImages() {}

  static ImageArchive tools(String name) {
    return ImageArchive.ofBusybox(BUSYBOX, APPLETS, name).command("sh");
  }
}
