package io.kubrig.apiserver.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2FrameStreamEvent;
import io.netty.handler.codec.http2.Http2FrameStreamException;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * One HTTP/2 connection: a virtual thread per stream. Everything here runs on the connection's event loop.
 *
 * <p>A stream that a client resets keeps counting while its handler runs: at most {@code maxStreams} handlers run for a connection, four
 * times as many may wait, and a client that goes beyond that (rapid reset) loses its connection. The codec bounds resets, empty frames,
 * header continuation and queued control frames by itself.
 */
final class Http2Connection extends ChannelInboundHandlerAdapter {
  private static final Set<String> OF_THE_CONNECTION =
      Set.of("connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade");

  /** As natively (Go's goAwayTimeout). */
  private static final long LINGER_MILLIS = 1000;

  private final ServerOptions options;
  private final Handler handler;
  private final NettyExchange.Peer peer;
  private final Connections connections;
  private final Map<Http2FrameStream, Http2Exchange> streams = new HashMap<>();

  /** Streams whose handlers begin when their requests are complete, or when all is read that has arrived. */
  private final Set<Http2Exchange> arriving = new LinkedHashSet<>();

  /** Streams whose handlers begin when others have returned. */
  private final ArrayDeque<Http2Exchange> waiting = new ArrayDeque<>();
  private ChannelHandlerContext context;
  private int running;
  private boolean leaving;
  private boolean closing;
  private Future<?> idle;

  Http2Connection(ServerOptions options, Handler handler, NettyExchange.Peer peer, Connections connections) {
    this.options = options;
    this.handler = handler;
    this.peer = peer;
    this.connections = connections;
  }

  static Http2FrameCodec codec(ServerOptions options) {
    Http2Settings settings =
        Http2Settings.defaultSettings()
            .maxConcurrentStreams(options.maxStreams())
            .initialWindowSize(options.initialWindow())
            .maxFrameSize(options.maxFrame())
            .maxHeaderListSize(options.maxHeaderBytes());
    return Http2FrameCodecBuilder.forServer().initialSettings(settings).decoderEnforceMaxRstFramesPerWindow(400, 30).build();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    long connectionWindow = Math.min((long) options.initialWindow() * options.maxStreams(), 16 << 20);
    ctx.write(new DefaultHttp2WindowUpdateFrame((int) connectionWindow - 65_535));
    expectStream();
  }

  /** Event loop timers measure the socket's own time, which no virtual clock moves. */
  private void expectStream() {
    if (idle == null && streams.isEmpty()) {
      idle = context.executor().schedule(() -> leave(true), options.idleTimeout().toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      switch (message) {
        case Http2HeadersFrame frame -> headers(frame);
        case Http2DataFrame frame -> data(frame);
        case Http2ResetFrame frame -> gone(frame.stream());
        default -> { }
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void headers(Http2HeadersFrame frame) {
    Http2Exchange known = streams.get(frame.stream());
    if (known != null) {
      if (frame.isEndStream()) {
        ended(known);
      }
      return;
    }
    if (idle != null) {
      idle.cancel(false);
      idle = null;
    }
    Http2Headers fields = frame.headers();
    if (!understood(fields)) {
      context.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.PROTOCOL_ERROR).stream(frame.stream()));
      return;
    }
    Http2Exchange exchange = new Http2Exchange(frame.stream(), fields);
    streams.put(frame.stream(), exchange);
    if (frame.isEndStream()) {
      exchange.body.end();
    }
    if (running + arriving.size() < options.maxStreams()) {
      if (frame.isEndStream()) {
        start(exchange);
      } else {
        arriving.add(exchange);
      }
    } else if (waiting.size() < 4 * options.maxStreams()) {
      waiting.add(exchange);
    } else {
      context.writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.ENHANCE_YOUR_CALM)).addListener(sent -> context.close());
    }
  }

  /** What HTTP/1.1 could not say must not be said here: it would be another request where it is passed on. */
  private static boolean understood(Http2Headers fields) {
    if (fields.method() == null || fields.path() == null || !RequestRules.isMethod(fields.method())
        || !RequestRules.isTarget(fields.path())) {
      return false;
    }
    if (fields.authority() != null && !RequestRules.isHost(fields.authority().toString())) {
      return false;
    }
    for (Map.Entry<CharSequence, CharSequence> field : fields) {
      boolean pseudo = field.getKey().length() > 0 && field.getKey().charAt(0) == ':';
      if (!pseudo && !RequestRules.isMethod(field.getKey()) || !RequestRules.isValue(field.getValue())) {
        return false;
      }
    }
    return true;
  }

  private void ended(Http2Exchange exchange) {
    exchange.body.end();
    if (arriving.remove(exchange)) {
      start(exchange);
    }
  }

  /** More of these requests is on its way, but all is read that has arrived. */
  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    arriving.forEach(this::start);
    arriving.clear();
    ctx.fireChannelReadComplete();
  }

  private void start(Http2Exchange exchange) {
    running++;
    connections.begun();
    exchange.start(
        handler,
        () -> {
          connections.ended();
          exchange.execute(this::handlerReturned);
        });
  }

  private void handlerReturned() {
    running--;
    startWaiting();
    closeIfLeft();
  }

  private void startWaiting() {
    while (running + arriving.size() < options.maxStreams() && !waiting.isEmpty()) {
      Http2Exchange next = waiting.poll();
      if (!next.answers.closed()) {
        start(next);
      }
    }
  }

  private void data(Http2DataFrame frame) {
    Http2Exchange exchange = streams.get(frame.stream());
    int padding = frame.initialFlowControlledBytes() - frame.content().readableBytes();
    if (exchange == null) {
      credit(frame.stream(), frame.initialFlowControlledBytes());
      return;
    }
    if (padding > 0) {
      credit(frame.stream(), padding);
    }
    if (frame.content().isReadable()) {
      exchange.body.offer(ByteBufUtil.getBytes(frame.content()));
    }
    if (frame.isEndStream()) {
      ended(exchange);
    }
  }

  private void credit(Http2FrameStream stream, int bytes) {
    context.writeAndFlush(new DefaultHttp2WindowUpdateFrame(bytes).stream(stream));
  }

  private void gone(Http2FrameStream stream) {
    Http2Exchange exchange = streams.remove(stream);
    if (exchange != null) {
      if (arriving.remove(exchange)) {
        startWaiting();
      }
      exchange.finished();
    }
    expectStream();
    closeIfLeft();
  }

  /** Announces the end; streams that run are completed. */
  private void leave(boolean now) {
    if (!leaving) {
      leaving = true;
      context.writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR));
    }
    if (now) {
      closeIfLeft();
    }
  }

  /**
   * Closes a moment after the last stream has ended: a socket that is closed while the client's next request is in it resets the
   * connection, which can cost the client the answer before and the word that the request was not taken.
   */
  private void closeIfLeft() {
    if (leaving && streams.isEmpty() && !closing) {
      closing = true;
      context.flush();
      context.executor().schedule(() -> context.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof Http2FrameStreamEvent change
        && change.type() == Http2FrameStreamEvent.Type.State
        && change.stream().state() == Http2Stream.State.CLOSED) {
      gone(change.stream());
    } else if (event == Connections.DRAIN) {
      leave(true);
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (idle != null) {
      idle.cancel(false);
    }
    streams.values().forEach(NettyExchange::finished);
    streams.clear();
    arriving.clear();
    waiting.clear();
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof Http2FrameStreamException failure) {
      ctx.writeAndFlush(new DefaultHttp2ResetFrame(failure.error()).stream(failure.stream()));
      gone(failure.stream());
    } else {
      ctx.close();
    }
  }

  /** One stream. */
  private final class Http2Exchange extends NettyExchange {
    private final Http2FrameStream stream;
    private boolean closesConnection;

    Http2Exchange(Http2FrameStream stream, Http2Headers fields) {
      super(fields.method().toString(), fields.path().toString(), headersOf(fields), peer, options);
      this.stream = stream;
    }

    @Override
    void bodyTaken(int bytes) {
      execute(() -> credit(stream, bytes));
    }

    @Override
    void sendContinue() {
      execute(() -> context.writeAndFlush(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status("100")).stream(stream)));
    }

    @Override
    void abort() {
      execute(() -> context.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.INTERNAL_ERROR).stream(stream)));
    }

    @Override
    public void execute(Runnable task) {
      context.executor().execute(task);
    }

    @Override
    public ChannelFuture head(int status, Headers given, boolean last) {
      Http2Headers fields = new DefaultHttp2Headers(false);
      fields.status(Integer.toString(status));
      closesConnection = given.value("Connection").equalsIgnoreCase("close");
      given.forEach(
          (name, value) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            if (!OF_THE_CONNECTION.contains(lower)) {
              fields.add(lower, value);
            }
          });
      return context.write(new DefaultHttp2HeadersFrame(fields, last).stream(stream));
    }

    @Override
    public ChannelFuture data(ByteBuf data, boolean last) {
      return context.write(new DefaultHttp2DataFrame(data, last).stream(stream));
    }

    @Override
    public void flush() {
      context.flush();
    }

    @Override
    public void done(boolean whole) {
      if (whole && !body.ended()) {
        // the answer is complete, the rest of the request is of no interest
        context.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.NO_ERROR).stream(stream));
      }
      finished();
      if (closesConnection) {
        leave(true);
      }
    }

    @Override
    public String protocol() {
      return "HTTP/2.0";
    }

    @Override
    public boolean canUpgrade() {
      return false;
    }

    @Override
    public Duplex upgrade(Headers fields) throws IOException {
      throw new IllegalStateException("an HTTP/2 stream cannot be upgraded");
    }
  }

  private static Headers headersOf(Http2Headers fields) {
    Headers headers = new Headers();
    if (fields.authority() != null) {
      headers.add("Host", fields.authority().toString());
    }
    for (Map.Entry<CharSequence, CharSequence> field : fields) {
      String name = field.getKey().toString();
      if (!name.startsWith(":")) {
        headers.add(name, field.getValue().toString());
      }
    }
    return headers;
  }
}
