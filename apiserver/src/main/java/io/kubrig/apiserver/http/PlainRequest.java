package io.kubrig.apiserver.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.util.List;

/**
 * Tells clients that speak plain HTTP to a TLS port so, as natively, instead of breaking the connection off. Looks at the first bytes only.
 */
final class PlainRequest extends ChannelInboundHandlerAdapter {
  private static final List<String> BEGINNINGS = List.of("GET /", "HEAD ", "POST ", "PUT /", "OPTIO");
  private static final String ANSWER = "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n";

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof ByteBuf bytes && beginsRequest(bytes)) {
      ReferenceCountUtil.release(message);
      ctx.writeAndFlush(Unpooled.copiedBuffer(ANSWER, US_ASCII)).addListener(ChannelFutureListener.CLOSE);
      return;
    }
    ctx.fireChannelRead(message);
    ctx.pipeline().remove(this);
  }

  private static boolean beginsRequest(ByteBuf bytes) {
    String start = bytes.toString(bytes.readerIndex(), Math.min(5, bytes.readableBytes()), US_ASCII);
    return !start.isEmpty() && BEGINNINGS.stream().anyMatch(beginning -> beginning.startsWith(start));
  }
}
