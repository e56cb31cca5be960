package io.kubrig.machinery.leader;

/** What a candidate does when it wins and when it loses. Called on a thread of the elector, one at a time; must not block for long. */
public interface LeaderListener {

  /** This candidate leads from now on. */
  void startedLeading();

  /** This candidate leads no longer and will not run again; native components end their process now. */
  void stoppedLeading();

  /** Somebody, perhaps this candidate, was seen as the leader. */
  default void newLeader(String identity) {}
}
