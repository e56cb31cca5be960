package io.kubrig.machinery.tracing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubrig.machinery.component.StartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TracingConfigurationTest {
  @TempDir private Path directory;

  private TracingConfiguration read(String fields) throws IOException {
    return TracingConfiguration.read(Files.writeString(directory.resolve("tracing.yaml"),
        "apiVersion: apiserver.config.k8s.io/v1\nkind: TracingConfiguration\n" + fields));
  }

  private void refuses(String fields, String message) {
    assertThatThrownBy(() -> read(fields)).isInstanceOf(StartException.class).hasMessage(message);
  }

  @Test
  void has_the_defaults_of_the_protocol_and_samples_nothing_by_itself() throws Exception {
    assertThat(read("")).isEqualTo(new TracingConfiguration("localhost:4317", 0));
  }

  @Test
  void names_a_collector_and_a_rate() throws Exception {
    TracingConfiguration read = read("endpoint: dns:///collector:14317\nsamplingRatePerMillion: 1000000\n");
    assertThat(read.samplingRatePerMillion()).isEqualTo(1_000_000);
    assertThat(read.authority()).isEqualTo("collector:14317");
  }

  @Test
  void refuses_in_native_words_what_cannot_be() {
    refuses("samplingRatePerMillion: -1\n", "samplingRatePerMillion: Invalid value: -1: sampling rate must be positive");
    refuses("samplingRatePerMillion: 1000001\nendpoint: http://c:1\n",
        "[samplingRatePerMillion: Invalid value: 1000001: sampling rate per million must be less than or equal to one million, "
            + "endpoint: Invalid value: \"http://c:1\": unsupported scheme: http.  Options are none, dns, unix, or unix-abstract.  "
            + "See https://github.com/grpc/grpc/blob/master/doc/naming.md]");
    refuses("endpiont: c:1\n", "unable to decode tracing configuration data: strict decoding error: unknown field \"endpiont\"");
    refuses("endpoint: unix:///run/c.sock\n",
        "endpoint: Unsupported value: \"unix:///run/c.sock\": spans are sent by TCP only, name host:port");
  }

  @Test
  void a_file_that_is_not_there_is_told() {
    Path nowhere = directory.resolve("nowhere.yaml");
    assertThatThrownBy(() -> TracingConfiguration.read(nowhere)).isInstanceOf(StartException.class)
        .hasMessageStartingWith("unable to read tracing configuration from \"" + nowhere + "\"");
  }
}
