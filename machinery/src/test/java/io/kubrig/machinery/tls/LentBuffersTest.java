package io.kubrig.machinery.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.conscrypt.AllocatedBuffer;
import org.junit.jupiter.api.Test;

class LentBuffersTest {
  private final LentBuffers buffers = new LentBuffers(1);

  @Test
  void a_returned_buffer_is_lent_again_empty() {
    AllocatedBuffer first = buffers.allocateDirectBuffer(5);
    ByteBuffer memory = first.nioBuffer();
    memory.putLong(7).flip();
    first.release();
    ByteBuffer again = buffers.allocateDirectBuffer(16_709).nioBuffer();
    assertThat(again).isSameAs(memory);
    assertThat(again.remaining()).isEqualTo(again.capacity()).isGreaterThanOrEqualTo(16_709);
  }

  @Test
  void two_borrowers_never_have_the_same_even_if_one_returns_twice() {
    AllocatedBuffer first = buffers.allocateDirectBuffer(5);
    first.release();
    first.release();
    ByteBuffer one = buffers.allocateDirectBuffer(5).nioBuffer();
    assertThat(buffers.allocateDirectBuffer(5).nioBuffer()).isNotSameAs(one);
  }

  @Test
  void more_than_a_record_is_given_and_not_kept() {
    AllocatedBuffer large = buffers.allocateDirectBuffer(100_000);
    assertThat(large.nioBuffer().remaining()).isEqualTo(100_000);
    large.release();
    assertThat(buffers.allocateDirectBuffer(5).nioBuffer().capacity()).isLessThan(100_000);
  }
}
