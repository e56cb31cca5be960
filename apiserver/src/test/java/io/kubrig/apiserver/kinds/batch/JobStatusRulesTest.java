package io.kubrig.apiserver.kinds.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.machinery.tree.Tree;
import java.util.List;
import org.junit.jupiter.api.Test;

class JobStatusRulesTest {
  private static Tree job(String startTime, String suspended) {
    Tree status = Tree.of("conditions", List.of(Tree.of("type", "Suspended", "status", suspended)));
    if (startTime != null) {
      status.set("startTime", startTime);
    }
    return Tree.of("spec", Tree.of("suspend", false), "status", status);
  }

  @Test
  void a_job_that_runs_keeps_its_start_and_one_that_resumes_starts_anew() {
    Tree before = job("2026-01-01T00:00:00Z", "True");
    FieldErrors none = new FieldErrors();
    JobStatusRules.check(job("2026-01-01T01:00:00Z", "False"), before, none);
    assertThat(none.isEmpty()).isTrue();
    FieldErrors moved = new FieldErrors();
    JobStatusRules.check(job("2026-01-01T01:00:00Z", "True"), before, moved);
    assertThat(moved.isEmpty()).isFalse();
    FieldErrors removed = new FieldErrors();
    JobStatusRules.check(job(null, "True"), before, removed);
    assertThat(removed.isEmpty()).isFalse();
  }
}
