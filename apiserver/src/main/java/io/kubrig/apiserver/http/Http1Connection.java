package io.kubrig.apiserver.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One HTTP/1.1 connection: one exchange at a time, in order. Everything here runs on the connection's event loop.
 *
 * <p>Reading goes on while an exchange is answered, so that a client's leaving is noticed; what a client sends ahead (pipelining, or a body
 * that nobody takes) is bounded by {@link #AHEAD}, beyond which reading stops. An answered request whose body is still on its way is read
 * to its end within the same bound. Where more is to come, or nobody knows how much, the answer says that the connection ends with it:
 * closed without a word it would be taken for one that another request can be sent on, which would then get no answer.
 */
final class Http1Connection extends ChannelInboundHandlerAdapter {
  private static final int AHEAD = 256 * 1024;

  /** As natively (Go's rstAvoidanceDelay). */
  private static final long LINGER_MILLIS = 500;

  private final ServerOptions options;
  private final Handler handler;
  private final NettyExchange.Peer peer;
  private final Connections connections;
  private final ArrayDeque<HttpObject> ahead = new ArrayDeque<>();
  private ChannelHandlerContext context;
  private Http1Exchange current;
  private boolean requestEnded = true;
  private boolean lastExchange;

  /** Nothing more is taken from this client: it is being told so. */
  private boolean refusing;

  /** Bytes that the client has sent ahead of what is taken; counted down by whoever takes them. */
  private final AtomicInteger held = new AtomicInteger();

  /** Whether reading has stopped because too much is held. */
  private volatile boolean full;
  private Future<?> deadline;

  Http1Connection(ServerOptions options, Handler handler, NettyExchange.Peer peer, Connections connections) {
    this.options = options;
    this.handler = handler;
    this.peer = peer;
    this.connections = connections;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    expectRequest(options.headerTimeout().toMillis());
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    stopWaiting();
    ahead.forEach(ReferenceCountUtil::release);
    ahead.clear();
  }

  /** Event loop timers measure the socket's own time, which no virtual clock moves. */
  private void expectRequest(long millis) {
    stopWaiting();
    deadline = context.executor().schedule(() -> context.close(), millis, TimeUnit.MILLISECONDS);
  }

  private void stopWaiting() {
    if (deadline != null) {
      deadline.cancel(false);
      deadline = null;
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (refusing || !(message instanceof HttpObject object)) {
      ReferenceCountUtil.release(message);
      return;
    }
    if (current != null && requestEnded) {
      ahead.add(object);
      hold(object instanceof HttpContent content ? content.content().readableBytes() : 512);
      return;
    }
    take(object);
  }

  private void take(HttpObject object) {
    try {
      if (object.decoderResult().isFailure()) {
        refuse(object.decoderResult().cause());
        return;
      }
      if (object instanceof HttpRequest request) {
        begin(request);
      }
      if (object instanceof HttpContent content && current != null) {
        receive(content);
      }
    } finally {
      ReferenceCountUtil.release(object);
    }
  }

  private void begin(HttpRequest request) {
    stopWaiting();
    if (!understood(request)) {
      return;
    }
    Headers headers = new Headers();
    for (Map.Entry<String, String> field : request.headers()) {
      headers.add(field.getKey(), field.getValue());
    }
    requestEnded = false;
    lastExchange = !HttpUtil.isKeepAlive(request) || connections.draining();
    current = new Http1Exchange(request, headers);
  }

  /**
   * Has the handler begin: when the whole request is here or, while more of it is on its way, when all is read that has arrived. So a small
   * body is there before anybody waits for it.
   */
  private void handle() {
    if (current != null && !current.started) {
      current.started = true;
      connections.begun();
      current.start(handler, connections::ended);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    handle();
    ctx.fireChannelReadComplete();
  }

  /** Refuses what other parties on the way may have read as another request. */
  private boolean understood(HttpRequest request) {
    List<String> hosts = request.headers().getAll(HttpHeaderNames.HOST);
    List<String> codings = request.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
    if (!RequestRules.isMethod(request.method().name()) || !RequestRules.isTarget(request.uri())) {
      answerPlain(HttpResponseStatus.BAD_REQUEST, "400 Bad Request");
    } else if (hosts.isEmpty() && request.protocolVersion().equals(HttpVersion.HTTP_1_1)) {
      answerPlain(HttpResponseStatus.BAD_REQUEST, "400 Bad Request: missing required Host header");
    } else if (hosts.size() > 1) {
      answerPlain(HttpResponseStatus.BAD_REQUEST, "400 Bad Request: too many Host headers");
    } else if (!hosts.isEmpty() && !RequestRules.isHost(hosts.getFirst())) {
      answerPlain(HttpResponseStatus.BAD_REQUEST, "400 Bad Request: malformed Host header");
    } else if (!RequestRules.isTransferEncoding(codings)) {
      answerPlain(HttpResponseStatus.NOT_IMPLEMENTED, "Unsupported transfer encoding");
    } else {
      return true;
    }
    return false;
  }

  private void receive(HttpContent content) {
    int length = content.content().readableBytes();
    current.received += length;
    if (length > 0) {
      hold(length);
      current.body.offer(ByteBufUtil.getBytes(content.content()));
    }
    if (content instanceof LastHttpContent) {
      requestEnded = true;
      current.body.end();
      handle();
      if (current.complete) {
        next();
      }
    } else if (current.complete && (current.discarded += length) > AHEAD) {
      closeGently();
    }
  }

  private void hold(int bytes) {
    if (held.addAndGet(bytes) > AHEAD) {
      full = true;
      context.channel().config().setAutoRead(false);
      resume(); // what was taken meanwhile
    }
  }

  /** Bytes are no longer held; any thread. The event loop is bothered only where it waits for that. */
  private void release(int bytes) {
    if (held.addAndGet(-bytes) <= AHEAD / 2 && full) {
      context.executor().execute(this::resume);
    }
  }

  private void resume() {
    if (full && held.get() <= AHEAD / 2) {
      full = false;
      context.channel().config().setAutoRead(true);
    }
  }

  /** The current answer is complete on the wire. */
  private void answered(boolean complete) {
    Http1Exchange exchange = current;
    exchange.finished();
    exchange.complete = true;
    if (!complete) {
      context.close();
    } else if (lastExchange || exchange.withheldBody()) {
      closeGently();
    } else if (requestEnded) {
      next();
    } else {
      expectRequest(options.headerTimeout().toMillis());
    }
  }

  private void next() {
    current = null;
    expectRequest(options.idleTimeout().toMillis());
    while (!ahead.isEmpty() && (current == null || !requestEnded)) {
      HttpObject object = ahead.poll();
      release(object instanceof HttpContent content ? content.content().readableBytes() : 512);
      take(object);
    }
    handle(); // of what was sent ahead nothing more may come soon
  }

  private void refuse(Throwable cause) {
    boolean tooLong = cause instanceof TooLongHttpHeaderException || cause instanceof TooLongHttpLineException;
    if (current != null) {
      current.finished();
      context.close();
    } else if (tooLong) {
      answerPlain(HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "431 Request Header Fields Too Large");
    } else {
      answerPlain(HttpResponseStatus.BAD_REQUEST, "400 Bad Request");
    }
  }

  private void answerPlain(HttpResponseStatus status, String text) {
    FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.copiedBuffer(text, UTF_8));
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8");
    response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    refusing = true;
    context.writeAndFlush(response).addListener(sent -> closeGently());
  }

  /**
   * Closes such that the client can read the answer before: a socket that is closed with unread bytes in it resets the connection, which
   * makes the client lose what it was sent. So only this side is closed, and what still comes is thrown away for a moment.
   */
  private void closeGently() {
    boolean nothingToCome = !refusing && (current == null || requestEnded) && ahead.isEmpty();
    if (nothingToCome || !(context.channel() instanceof DuplexChannel channel)) {
      context.close();
      return;
    }
    refusing = true;
    stopWaiting();
    deadline = context.executor().schedule(() -> context.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
    SslHandler secure = context.pipeline().get(SslHandler.class);
    if (secure != null) {
      secure.closeOutbound().addListener(said -> channel.shutdownOutput());
    } else {
      channel.shutdownOutput();
    }
    channel.config().setAutoRead(true);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    stopWaiting();
    if (current != null) {
      current.finished();
    }
    ctx.fireChannelInactive();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      // as native: a client that closes its side of the connection has gone away
      ctx.close();
    } else if (event == Connections.DRAIN) {
      lastExchange = true;
      if (current == null) {
        ctx.close();
      }
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }

  /** The exchange of this connection that is being answered. */
  private final class Http1Exchange extends NettyExchange {
    private final String protocol;
    private final boolean upgradable;
    private boolean started;
    private boolean complete;
    private boolean chunked;
    private int discarded;
    private long received;

    Http1Exchange(HttpRequest request, Headers headers) {
      super(request.method().name(), request.uri(), headers, peer, options);
      protocol = request.protocolVersion().text();
      // an offer of h2c is ignored, as natively: HTTP/2 is chosen in the handshake
      String wanted = request.headers().get(HttpHeaderNames.UPGRADE, "");
      upgradable =
          !wanted.isEmpty()
              && !wanted.equalsIgnoreCase("h2c")
              && request.headers().containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true);
    }

    /** Whether more of the request is still on its way than is read once it is answered. */
    private boolean leavesTooMuch() {
      return !requestEnded && (declaredLength() < 0 || declaredLength() - received > AHEAD);
    }

    @Override
    void bodyTaken(int bytes) {
      release(bytes);
    }

    @Override
    void sendContinue() {
      execute(() -> context.writeAndFlush(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE)));
    }

    @Override
    void abort() {
      execute(() -> context.close());
    }

    @Override
    public void execute(Runnable task) {
      context.executor().execute(task);
    }

    @Override
    public ChannelFuture head(int status, Headers fields, boolean last) {
      HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status));
      fields.forEach((name, value) -> response.headers().add(name, value));
      if (fields.value("Connection").equalsIgnoreCase("close") || withheldBody() || leavesTooMuch()) {
        lastExchange = true;
      }
      if (lastExchange) {
        response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
      } else if (protocol.equals("HTTP/1.0")) {
        response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
      }
      boolean bodiless = status == 204 || status == 304;
      if (!bodiless && !response.headers().contains(HttpHeaderNames.CONTENT_LENGTH)) {
        chunked = protocol.equals("HTTP/1.1");
        lastExchange |= !chunked;
        HttpUtil.setTransferEncodingChunked(response, chunked);
      }
      ChannelFuture sent = context.write(response);
      return last ? context.write(LastHttpContent.EMPTY_LAST_CONTENT) : sent;
    }

    @Override
    public ChannelFuture data(ByteBuf data, boolean last) {
      return context.write(last ? new DefaultLastHttpContent(data) : new DefaultHttpContent(data));
    }

    @Override
    public void flush() {
      context.flush();
    }

    @Override
    public void done(boolean whole) {
      if (current == this && !complete) {
        answered(whole);
      }
    }

    @Override
    public String protocol() {
      return protocol;
    }

    @Override
    public boolean canUpgrade() {
      return upgradable && protocol.equals("HTTP/1.1");
    }

    @Override
    public Duplex upgrade(Headers fields) throws IOException {
      if (!canUpgrade()) {
        throw new IllegalStateException("the client did not ask for an upgrade");
      }
      begin();
      SocketDuplex duplex = new SocketDuplex(context.channel(), this::finished);
      execute(() -> leaveHttp(fields, duplex));
      return duplex;
    }

    private void leaveHttp(Headers fields, SocketDuplex duplex) {
      FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS);
      fields.forEach((name, value) -> response.headers().add(name, value));
      response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
      context.writeAndFlush(response);
      context.pipeline().addLast("duplex", duplex);
      context.channel().config().setAutoRead(true);
      ChannelHandlerContext codec = context.pipeline().context(HttpServerCodec.class);
      context.pipeline().remove(Http1Connection.this);
      context.pipeline().remove(codec.handler());
    }
  }
}
