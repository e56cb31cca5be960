package io.kubrig.apiserver.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SortedEntriesTest {

  @Test
  void behaves_like_a_sorted_map_and_old_versions_stay_what_they_were() {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    TreeMap<String, Entry> model = new TreeMap<>();
    SortedEntries entries = SortedEntries.EMPTY;
    List<SortedEntries> versions = new ArrayList<>();
    List<List<Entry>> expected = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      String key = "/k/" + random.nextInt(400);
      if (random.nextInt(3) == 0) {
        model.remove(key);
        entries = entries.without(key);
      } else {
        Entry entry = new Entry(key, new byte[0], 1, i, null);
        model.put(key, entry);
        entries = entries.with(entry);
      }
      if (i % 500 == 0) {
        versions.add(entries);
        expected.add(List.copyOf(model.values()));
      }
      String from = "/k/" + random.nextInt(400);
      String to = "/k/" + random.nextInt(400);
      int count = from.compareTo(to) < 0 ? model.subMap(from, to).size() : 0;
      assertThat(entries.count(from, to)).as("seed %d step %d", seed, i).isEqualTo(count);
    }
    for (int i = 0; i < versions.size(); i++) {
      List<Entry> found = new ArrayList<>();
      versions.get(i).scan("/", "~", found::add);
      assertThat(found).as("seed %d version %d", seed, i).isEqualTo(expected.get(i));
    }
  }
}
