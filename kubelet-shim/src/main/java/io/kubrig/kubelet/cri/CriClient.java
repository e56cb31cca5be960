package io.kubrig.kubelet.cri;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.kubrig.kubelet.cri.v1.*;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A container runtime behind a Unix socket that speaks CRI v1 over gRPC. */
public final class CriClient implements ContainerRuntime {
  private static final int MAX_MESSAGE_BYTES = 16 * 1024 * 1024;
  /** Pulls and stops are bounded by their own deadlines; this much longer the call itself may take. */
  private static final Duration SLACK = Duration.ofMinutes(2);

  private final EventLoopGroup group;
  private final ManagedChannel channel;
  private final RuntimeServiceGrpc.RuntimeServiceBlockingStub runtime;
  private final ImageServiceGrpc.ImageServiceBlockingStub images;
  private final Duration timeout;

  /**
   * Opens no connection yet.
   *
   * @param endpoint {@code unix:///path} or a plain path
   * @param timeout for every call but pulls and stops, {@code runtimeRequestTimeout} of the configuration
   */
  public CriClient(String endpoint, Duration timeout) {
    Path socket = Path.of(endpoint.startsWith("unix://") ? endpoint.substring("unix://".length()) : endpoint);
    this.timeout = timeout;
    this.group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    this.channel =
        NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(socket))
            .channelFactory(NioDomainSocketChannel::new)
            .eventLoopGroup(group)
            // TCP's keep-alive, which the builder sets, is unknown to a Unix socket
            .withOption(ChannelOption.SO_KEEPALIVE, null)
            .usePlaintext()
            .overrideAuthority("localhost")
            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();
    this.runtime = RuntimeServiceGrpc.newBlockingStub(channel);
    this.images = ImageServiceGrpc.newBlockingStub(channel);
  }

  @Override
  public VersionResponse version() {
    return call(() -> timed().version(VersionRequest.newBuilder().setVersion("0.1.0").build()));
  }

  @Override
  public RuntimeStatus status() {
    return call(() -> timed().status(StatusRequest.getDefaultInstance())).getStatus();
  }

  @Override
  public void updatePodCidr(String podCidr) {
    RuntimeConfig config = RuntimeConfig.newBuilder().setNetworkConfig(NetworkConfig.newBuilder().setPodCidr(podCidr)).build();
    call(() -> timed().updateRuntimeConfig(UpdateRuntimeConfigRequest.newBuilder().setRuntimeConfig(config).build()));
  }

  @Override
  public String runSandbox(PodSandboxConfig config, String runtimeHandler) {
    RunPodSandboxRequest request = RunPodSandboxRequest.newBuilder().setConfig(config).setRuntimeHandler(runtimeHandler).build();
    return call(() -> timed(timeout.multipliedBy(2)).runPodSandbox(request)).getPodSandboxId();
  }

  @Override
  public void stopSandbox(String sandboxId) {
    call(() -> timed().stopPodSandbox(StopPodSandboxRequest.newBuilder().setPodSandboxId(sandboxId).build()));
  }

  @Override
  public void removeSandbox(String sandboxId) {
    call(() -> timed().removePodSandbox(RemovePodSandboxRequest.newBuilder().setPodSandboxId(sandboxId).build()));
  }

  @Override
  public List<PodSandbox> sandboxes(Map<String, String> labels) {
    PodSandboxFilter filter = PodSandboxFilter.newBuilder().putAllLabelSelector(labels).build();
    return call(() -> timed().listPodSandbox(ListPodSandboxRequest.newBuilder().setFilter(filter).build())).getItemsList();
  }

  @Override
  public Optional<PodSandboxStatus> sandbox(String sandboxId) {
    PodSandboxStatusRequest request = PodSandboxStatusRequest.newBuilder().setPodSandboxId(sandboxId).build();
    return lookup(() -> timed().podSandboxStatus(request).getStatus());
  }

  @Override
  public String createContainer(String sandboxId, ContainerConfig config, PodSandboxConfig sandbox) {
    CreateContainerRequest request =
        CreateContainerRequest.newBuilder().setPodSandboxId(sandboxId).setConfig(config).setSandboxConfig(sandbox).build();
    return call(() -> timed().createContainer(request)).getContainerId();
  }

  @Override
  public void startContainer(String containerId) {
    call(() -> timed().startContainer(StartContainerRequest.newBuilder().setContainerId(containerId).build()));
  }

  @Override
  public void stopContainer(String containerId, Duration grace) {
    StopContainerRequest request = StopContainerRequest.newBuilder().setContainerId(containerId).setTimeout(grace.toSeconds()).build();
    call(() -> timed(timeout.plus(grace)).stopContainer(request));
  }

  @Override
  public void removeContainer(String containerId) {
    call(() -> timed().removeContainer(RemoveContainerRequest.newBuilder().setContainerId(containerId).build()));
  }

  @Override
  public List<Container> containers(Map<String, String> labels) {
    ContainerFilter filter = ContainerFilter.newBuilder().putAllLabelSelector(labels).build();
    return call(() -> timed().listContainers(ListContainersRequest.newBuilder().setFilter(filter).build())).getContainersList();
  }

  @Override
  public Optional<ContainerStatus> container(String containerId) {
    ContainerStatusRequest request = ContainerStatusRequest.newBuilder().setContainerId(containerId).build();
    return lookup(() -> timed().containerStatus(request).getStatus());
  }

  @Override
  public void updateResources(String containerId, LinuxContainerResources resources) {
    UpdateContainerResourcesRequest request =
        UpdateContainerResourcesRequest.newBuilder().setContainerId(containerId).setLinux(resources).build();
    call(() -> timed().updateContainerResources(request));
  }

  @Override
  public void reopenLog(String containerId) {
    call(() -> timed().reopenContainerLog(ReopenContainerLogRequest.newBuilder().setContainerId(containerId).build()));
  }

  @Override
  public ExecOutcome exec(String containerId, List<String> command, Duration limit) {
    ExecSyncRequest request =
        ExecSyncRequest.newBuilder().setContainerId(containerId).addAllCmd(command).setTimeout(limit.toSeconds()).build();
    ExecSyncResponse response = call(() -> timed(limit.isZero() ? Duration.ofDays(1) : limit.plus(SLACK)).execSync(request));
    return new ExecOutcome(response.getExitCode(), response.getStdout().toByteArray(), response.getStderr().toByteArray());
  }

  @Override
  public String execAddress(ExecRequest request) {
    return call(() -> timed().exec(request)).getUrl();
  }

  @Override
  public String attachAddress(AttachRequest request) {
    return call(() -> timed().attach(request)).getUrl();
  }

  @Override
  public String portForwardAddress(String sandboxId, List<Integer> ports) {
    PortForwardRequest request = PortForwardRequest.newBuilder().setPodSandboxId(sandboxId).addAllPort(ports).build();
    return call(() -> timed().portForward(request)).getUrl();
  }

  @Override
  public List<ContainerStats> containerStats() {
    return call(() -> timed().listContainerStats(ListContainerStatsRequest.getDefaultInstance())).getStatsList();
  }

  @Override
  public List<PodSandboxStats> sandboxStats() {
    return call(() -> timed().listPodSandboxStats(ListPodSandboxStatsRequest.getDefaultInstance())).getStatsList();
  }

  @Override
  public List<Image> images() {
    return call(() -> timedImages(timeout).listImages(ListImagesRequest.getDefaultInstance())).getImagesList();
  }

  @Override
  public Optional<Image> image(String name) {
    ImageStatusResponse response =
        call(() -> timedImages(timeout).imageStatus(ImageStatusRequest.newBuilder().setImage(spec(name)).build()));
    return response.hasImage() ? Optional.of(response.getImage()) : Optional.empty();
  }

  @Override
  public String pullImage(String name, AuthConfig auth, PodSandboxConfig sandbox) {
    PullImageRequest request = PullImageRequest.newBuilder().setImage(spec(name)).setAuth(auth).setSandboxConfig(sandbox).build();
    return call(() -> images.pullImage(request)).getImageRef();
  }

  @Override
  public void removeImage(String name) {
    call(() -> timedImages(timeout).removeImage(RemoveImageRequest.newBuilder().setImage(spec(name)).build()));
  }

  @Override
  public List<FilesystemUsage> imageFilesystems() {
    return call(() -> timedImages(timeout).imageFsInfo(ImageFsInfoRequest.getDefaultInstance())).getImageFilesystemsList();
  }

  @Override
  public void close() {
    channel.shutdownNow();
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  private static ImageSpec spec(String name) {
    return ImageSpec.newBuilder().setImage(name).build();
  }

  private RuntimeServiceGrpc.RuntimeServiceBlockingStub timed() {
    return timed(timeout);
  }

  private RuntimeServiceGrpc.RuntimeServiceBlockingStub timed(Duration deadline) {
    return runtime.withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS);
  }

  private ImageServiceGrpc.ImageServiceBlockingStub timedImages(Duration deadline) {
    return images.withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static <T> Optional<T> lookup(Supplier<T> call) {
    try {
      return Optional.of(call(call));
    } catch (CriException e) {
      if (e.kind() == CriException.Kind.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static <T> T call(Supplier<T> call) {
    try {
      return call.get();
    } catch (StatusRuntimeException e) {
      Status status = e.getStatus();
      CriException.Kind kind =
          switch (status.getCode()) {
            case NOT_FOUND -> CriException.Kind.NOT_FOUND;
            case DEADLINE_EXCEEDED -> CriException.Kind.DEADLINE;
            case UNAVAILABLE -> CriException.Kind.UNAVAILABLE;
            default -> CriException.Kind.OTHER;
          };
      String description = status.getDescription() == null ? status.getCode().name() : status.getDescription();
      throw new CriException(kind, goName(status.getCode()), description, e);
    }
  }

  /** {@code DEADLINE_EXCEEDED} → {@code DeadlineExceeded}. */
  private static String goName(Status.Code code) {
    StringBuilder name = new StringBuilder();
    for (String word : code.name().split("_")) {
      name.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
    }
    return name.toString();
  }
}
