package io.kubrig.apiserver.http;

import io.kubrig.machinery.tls.TlsImplementation;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerAdapter;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The socket front: one port that speaks HTTP/1.1 and, over TLS, HTTP/2. */
public final class HttpServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);

  private final ServerOptions options;
  private final Tls tls;
  private final Handler handler;
  private final Connections connections = new Connections();
  private final EventLoopGroup loops;
  private final ChannelGroup channels = new DefaultChannelGroup("front", GlobalEventExecutor.INSTANCE);
  private final PooledByteBufAllocator buffers;
  private Channel listener;

  private HttpServer(ServerOptions options, Tls tls, Handler handler) {
    this.options = options;
    this.tls = tls;
    this.handler = handler;
    loops = new MultiThreadIoEventLoopGroup(options.ioThreads(), new DefaultThreadFactory("front", true), NioIoHandler.newFactory());
    // one small arena per loop: chunks of 512 KiB instead of the default 4 MiB
    buffers = new PooledByteBufAllocator(true, options.ioThreads(), options.ioThreads(), 8192, 6, 64, 32, true);
  }

  /** Listens with TLS. */
  public static HttpServer start(ServerOptions options, Tls tls, Handler handler) throws IOException {
    return new HttpServer(options, tls, handler).listen();
  }

  /** Listens without TLS (HTTP/1.1 only): for tests and for sockets that another party protects. */
  public static HttpServer startPlain(ServerOptions options, Handler handler) throws IOException {
    return new HttpServer(options, null, handler).listen();
  }

  private HttpServer listen() throws IOException {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, 1024)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.ALLOCATOR, buffers)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(32 * 1024, 64 * 1024))
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    accept(channel);
                  }
                });
    var bound = bootstrap.bind(options.address()).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      loops.shutdownGracefully(0, 0, TimeUnit.MILLISECONDS);
      throw new IOException("cannot listen on " + options.address() + ": " + bound.cause().getMessage(), bound.cause());
    }
    listener = bound.channel();
    return this;
  }

  /** Where it listens, with the port that was taken. */
  public InetSocketAddress address() {
    return (InetSocketAddress) listener.localAddress();
  }

  private void accept(Channel channel) {
    channels.add(channel);
    if (tls == null) {
      speakHttp1(channel, new NettyExchange.Peer((InetSocketAddress) channel.remoteAddress(), List.of()));
      return;
    }
    SSLEngine engine = tls.engine();
    SslHandler secure = new SslHandler(engine, task -> Thread.ofVirtual().name("handshake").start(task));
    secure.setHandshakeTimeout(options.handshakeTimeout().toMillis(), TimeUnit.MILLISECONDS);
    channel.pipeline().addLast(new EngineLife(engine)).addLast(new PlainRequest()).addLast(secure).addLast(new AfterHandshake(engine));
  }

  private void speakHttp1(Channel channel, NettyExchange.Peer peer) {
    HttpDecoderConfig limits =
        new HttpDecoderConfig()
            .setMaxInitialLineLength(options.maxHeaderBytes())
            .setMaxHeaderSize(options.maxHeaderBytes())
            .setMaxChunkSize(64 * 1024)
            .setInitialBufferSize(256);
    channel.pipeline().addLast(new HttpServerCodec(limits)).addLast(new Http1Connection(options, handler, peer, connections));
  }

  private void speakHttp2(Channel channel, NettyExchange.Peer peer) {
    channel.pipeline().addLast(Http2Connection.codec(options)).addLast(new Http2Connection(options, handler, peer, connections));
  }

  /** Chooses the protocol when the client has said which. */
  private final class AfterHandshake extends ChannelInboundHandlerAdapter {
    private final SSLEngine engine;

    AfterHandshake(SSLEngine engine) {
      this.engine = engine;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (!(event instanceof SslHandshakeCompletionEvent completion)) {
        ctx.fireUserEventTriggered(event);
        return;
      }
      if (!completion.isSuccess()) {
        LOG.debug("TLS handshake error from {}: {}", ctx.channel().remoteAddress(), String.valueOf(completion.cause()));
        ctx.close();
        return;
      }
      NettyExchange.Peer peer = new NettyExchange.Peer((InetSocketAddress) ctx.channel().remoteAddress(), certificates(engine));
      if ("h2".equals(engine.getApplicationProtocol())) {
        speakHttp2(ctx.channel(), peer);
      } else {
        speakHttp1(ctx.channel(), peer);
      }
      ctx.pipeline().remove(this);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }

  /** Stands behind everything that uses an engine, and leaves after it. */
  private static final class EngineLife extends ChannelHandlerAdapter {
    private final SSLEngine engine;

    EngineLife(SSLEngine engine) {
      this.engine = engine;
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
      TlsImplementation.free(engine);
    }
  }

  private static List<X509Certificate> certificates(SSLEngine engine) {
    List<X509Certificate> chain = new ArrayList<>();
    try {
      for (Certificate certificate : engine.getSession().getPeerCertificates()) {
        if (certificate instanceof X509Certificate x509) {
          chain.add(x509);
        }
      }
    } catch (SSLPeerUnverifiedException none) {
      return List.of();
    }
    return List.copyOf(chain);
  }

  /** Handlers that run now. */
  public int running() {
    return connections.running();
  }

  /** Stops listening, lets requests that run end within the grace period, and closes what is left. */
  public void shutdown(Duration grace) throws InterruptedException {
    listener.close().awaitUninterruptibly();
    connections.drain();
    for (Channel channel : channels) {
      channel.pipeline().fireUserEventTriggered(Connections.DRAIN);
    }
    if (!connections.awaitQuiet(grace.toMillis())) {
      LOG.warn("{} requests did not end within {}", connections.running(), grace);
    }
    channels.close().awaitUninterruptibly(1000);
    loops.shutdownGracefully(0, 100, TimeUnit.MILLISECONDS).awaitUninterruptibly(2000);
  }

  /** Closes at once. */
  @Override
  public void close() {
    listener.close().awaitUninterruptibly();
    channels.close().awaitUninterruptibly(1000);
    loops.shutdownGracefully(0, 100, TimeUnit.MILLISECONDS);
  }
}
