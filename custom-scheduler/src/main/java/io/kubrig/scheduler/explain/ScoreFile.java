package io.kubrig.scheduler.explain;

import io.kubrig.scheduler.cycle.ScoreListener;
import io.kubrig.scheduler.model.Pod;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Appends every normalised score to a file: {@code {"pod":"ns/p","plugin":"NodeAffinity","node":"n1","score":100}}, one a line. */
public final class ScoreFile implements ScoreListener, AutoCloseable {
  private final BufferedWriter out;

  public ScoreFile(Path file) {
    try {
      out = Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write scores to " + file, e);
    }
  }

  @Override
  public synchronized void scored(Pod pod, String plugin, String node, long score) {
    try {
      out.write("{\"pod\":\"" + pod.key() + "\",\"plugin\":\"" + plugin + "\",\"node\":\"" + node + "\",\"score\":" + score + "}\n");
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public synchronized void close() {
    try {
      out.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
